package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.net.MacAddress;
import grpc.reflection.v1alpha.Reflection;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that learn the contract by asking, as grpcurl does. */
class ReflectionIT extends OneGateway {
    private static final Path BUF = Path.of("target/tools/buf");
    private static final String URL = "http://127.0.0.1:" + GatewayProcess.GRPC_PORT;
    private static final String SERVICE = "obiente.cloud.vpsgateway.v1.VPSGatewayService";

    ReflectionIT() {
        super(World.create("reflection"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "grpc", "grpcweb"})
    void bufCurlFindsAllMethods(String protocol) {
        // When
        Command.Result methods = bufCurl(protocol, "--list-methods", URL);

        // Then
        assertThat(methods.exitCode()).as(methods.output()).isZero();
        assertThat(methods.output().lines().filter(method -> method.startsWith(SERVICE + "/")))
                .hasSize(13)
                .contains(SERVICE + "/AllocateIP", SERVICE + "/RegisterGateway");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "grpc", "grpcweb"})
    void bufCurlAllocates(String protocol) {
        // When
        Command.Result answer = bufCurl(
                protocol,
                "--data",
                "{\"vpsId\": \"vps-1\", \"macAddress\": \"02:00:00:00:00:01\"}",
                method("AllocateIP"));

        // Then
        assertThat(answer.exitCode()).as(answer.output()).isZero();
        String address = new JsonObject(answer.output()).getString("ipAddress");
        assertThat(world.assertEverythingAgrees()).containsExactly(Holding.of("vps-1", address, "02:00:00:00:00:01"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "grpc", "grpcweb"})
    void bufCurlOpensALink(String protocol) {
        // When
        Command.Result answer = bufCurl(
                protocol,
                "--data",
                "{\"type\": \"register\", \"registration\": {\"gatewayId\": \"node-1\", \"gatewayIpDhcp\": \"buf\"}}",
                method("RegisterGateway"));

        // Then
        assertThat(answer.exitCode()).as(answer.output()).isZero();
        assertThat(new JsonObject(answer.output()).getString("type")).isEqualTo("registered");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "grpc", "grpcweb"})
    void bufCurlShowsWhyACallWasRefused(String protocol) {
        // Given
        api.allocate("vps-1", MacAddress.parse("02:00:00:00:00:01"));

        // When
        Command.Result answer = bufCurl(protocol, "--data", "{\"vpsId\": \"vps-2\"}", method("ReleaseIP"));

        // Then
        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.output()).contains("not_found", "vps-2 has no private address", "ErrorInfo");
    }

    @Test
    void reflectionAnswersInItsPresentVersion() {
        // When
        List<String> services = Streams.first(
                        api.client(),
                        ServerReflectionGrpc.getServerReflectionInfoMethod(),
                        ServerReflectionRequest.newBuilder().setListServices("").build())
                .getListServicesResponse()
                .getServiceList()
                .stream()
                .map(ServiceResponse::getName)
                .toList();

        // Then
        assertThat(services).contains(SERVICE, "grpc.health.v1.Health");
    }

    /** Without them grpcurl shows the details of an error as base64. */
    @ParameterizedTest
    @ValueSource(strings = {"google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.BadRequest.FieldViolation"})
    void reflectionKnowsTheDetailsOfErrors(String message) {
        ServerReflectionResponse answer = Streams.first(
                api.client(),
                ServerReflectionGrpc.getServerReflectionInfoMethod(),
                ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol(message)
                        .build());

        assertThat(answer.getErrorResponse().getErrorMessage()).isEmpty();
        assertThat(answer.getFileDescriptorResponse().getFileDescriptorProtoList())
                .anyMatch(file -> file.toStringUtf8().contains("google/rpc/error_details.proto"));
    }

    @Test
    void reflectionAnswersInTheVersionOfOlderClients() {
        // When
        List<String> services = Streams.first(
                        api.client(),
                        grpc.reflection.v1alpha.ServerReflectionGrpc.getServerReflectionInfoMethod(),
                        Reflection.ServerReflectionRequest.newBuilder()
                                .setListServices("")
                                .build())
                .getListServicesResponse()
                .getServiceList()
                .stream()
                .map(Reflection.ServiceResponse::getName)
                .toList();

        // Then
        assertThat(services).contains(SERVICE, "grpc.health.v1.Health");
    }

    private static String method(String name) {
        return URL + "/" + SERVICE + "/" + name;
    }

    private static Command.Result bufCurl(String protocol, String... arguments) {
        assumeThat(BUF).as("%s is missing (script/test fetches it)", BUF).isExecutable();
        List<String> command = new ArrayList<>(List.of(
                "env",
                "BUF_CACHE_DIR=" + Sandbox.directory("buf-cache"),
                BUF.toString(),
                "curl",
                "--protocol",
                protocol,
                "--http2-prior-knowledge",
                "--reflect-header",
                "*",
                "--header",
                "x-api-secret: " + GatewayProcess.SECRET));
        command.addAll(List.of(arguments));
        return Command.attempt(command);
    }
}
