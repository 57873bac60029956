package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoRequest;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoResponse;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RegisterGateway inside Quarkus: secret, link, and the methods behind it. Needs neither dnsmasq nor a free DNS port. */
@QuarkusTest
class RegisterGatewayWiringTest {
    private static final String SECRET = "development-secret-not-for-production";

    @TestHTTPResource
    URI server;

    @Test
    void aLinkReachesTheMethodsOfTheGateway() throws Exception {
        try (ApiInstance api = instance(SECRET)) {
            GatewayRegistration gateway = api.awaitRegistered();
            assertThat(gateway.getDhcpPoolStart()).isEqualTo("10.15.3.20");
            assertThat(gateway.getGatewayId()).isEqualTo("node-1");
            GatewayResponse info = api.request("GetGatewayInfo", GetGatewayInfoRequest.getDefaultInstance())
                    .join();
            assertThat(info.getError()).isEmpty();
            assertThat(GetGatewayInfoResponse.parseFrom(info.getPayload()).getTotalIps())
                    .isPositive();
        }
    }

    @Test
    void aRefusalOfTheGatewayIsCodeAndMessage() {
        try (ApiInstance api = instance(SECRET)) {
            assertThat(api.request("AllocateIP", AllocateIPRequest.getDefaultInstance())
                            .join()
                            .getError())
                    .startsWith("INVALID_ARGUMENT: ")
                    .contains("vps_id is required");
        }
    }

    @Test
    void nobodyRegistersWithoutTheSecret() {
        try (ApiInstance unauthenticated = instance("guessed-secret-of-some-length")) {
            assertThatThrownBy(unauthenticated::awaitRegistered).hasMessageContaining("unauthenticated");
        }
    }

    private ApiInstance instance(String secret) {
        return new ApiInstance(server, secret, "api-1", "node-1", question -> Optional.empty());
    }
}
