package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.World.checkNamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import cloud.obiente.vpsgateway.lab.Command;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.stub.StreamObserver;
import io.restassured.http.ContentType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What load balancers and orchestrators ask, without a secret: grpc.health.v1, and the probes of the management port. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HealthIT {
    private final World world = World.create("health");

    @BeforeAll
    void startGateway() {
        world.start();
        // A connection that has not shown the secret would end after ten seconds, with the calls that it carries.
        world.api().list();
    }

    @AfterEach
    void restoreAddress() {
        Command.attempt(List.of("ip", "addr", "replace", "10.15.3.1/24", "dev", "eth0"));
        world.gateway().awaitReady();
        // What grpc.health.v1 says follows within a second.
        await().until(() -> check("dhcp") == ServingStatus.SERVING);
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Tag("smoke")
    @ParameterizedTest
    @ValueSource(strings = {"", "dhcp", "dns", "ipam"})
    void everyServiceIsServing(String service) {
        await().untilAsserted(() -> assertThat(check(service)).isEqualTo(ServingStatus.SERVING));
    }

    @Test
    void aServiceThatDoesNotExistIsNotFound() {
        assertThatThrownBy(() -> check("coffee")).hasMessageStartingWith("NOT_FOUND: no service 'coffee'");
    }

    @Test
    void whoWatchesAServiceThatDoesNotExistIsToldSo() {
        HealthCheckResponse first = HealthGrpc.newBlockingStub(
                        world.api().client().channel())
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .watch(request("coffee"))
                .next();

        assertThat(first.getStatusValue()).as("SERVICE_UNKNOWN").isEqualTo(3);
    }

    @Test
    void watchersHearOfDhcpGoingAndComingBack() {
        // Given
        List<ServingStatus> heard = watch("dhcp");
        await().until(() -> heard.equals(List.of(ServingStatus.SERVING)));

        // When
        Command.run(List.of("ip", "addr", "del", "10.15.3.1/24", "dev", "eth0"));

        // Then
        await().until(() -> heard.equals(List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING)));
        assertThat(check("ipam")).isEqualTo(ServingStatus.SERVING);

        // When
        Command.run(List.of("ip", "addr", "add", "10.15.3.1/24", "dev", "eth0"));

        // Then
        await().until(() ->
                heard.equals(List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING, ServingStatus.SERVING)));
    }

    @Test
    void anInterfaceWithoutAddressMakesTheGatewayUnreadyAndLeavesItAlive() {
        // When
        Command.run(List.of("ip", "addr", "del", "10.15.3.1/24", "dev", "eth0"));

        // Then
        world.awaitUnready("interface eth0 has no address in 10.15.3.0/24");
        world.awaitUnready("give the interface an address in the VPS subnet");
        await().until(() -> world.api().info().getDhcpStatus(), "error"::equals);
        await().until(() -> world.metric("vps_gateway_dhcp_server_status") == 0);
        world.gateway().get("/health/live").then().statusCode(200);
        world.gateway().get("/health/started").then().statusCode(200);
    }

    @Tag("smoke")
    @Test
    void allProbesOfARunningGatewaySayYes() {
        Map.of("live", "ipam writer", "ready", "ipam", "started", "allocations read")
                .forEach((probe, check) -> world.gateway()
                        .get("/health/" + probe)
                        .then()
                        .statusCode(200)
                        .contentType(ContentType.JSON)
                        .body("status", equalTo("UP"))
                        .body(checkNamed(check) + ".status", equalTo("UP")));
        world.gateway().get("/health/live").then().body(checkNamed("reconciler") + ".status", equalTo("UP"));
        world.gateway().get("/health/ready").then().body(checkNamed("dhcp and dns") + ".status", equalTo("UP"));
    }

    @Test
    void noCheckIsNamedTwice() {
        assertThat(world.gateway().get("/health").jsonPath().getList("checks.name", String.class))
                .doesNotHaveDuplicates()
                .contains("ipam", "ipam writer", "allocations read", "reconciler");
    }

    private ServingStatus check(String service) {
        return HealthGrpc.newBlockingStub(world.api().client().channel())
                .check(request(service))
                .getStatus();
    }

    private List<ServingStatus> watch(String service) {
        List<ServingStatus> heard = new CopyOnWriteArrayList<>();
        HealthGrpc.newStub(world.api().client().channel()).watch(request(service), new StreamObserver<>() {
            @Override
            public void onNext(HealthCheckResponse response) {
                heard.add(response.getStatus());
            }

            @Override
            public void onError(Throwable connectionClosed) {
                heard.add(ServingStatus.UNRECOGNIZED);
            }

            @Override
            public void onCompleted() {
                heard.add(ServingStatus.UNRECOGNIZED);
            }
        });
        return heard;
    }

    private static HealthCheckRequest request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }
}
