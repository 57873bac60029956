package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.SmallPool.FIRST;
import static cloud.obiente.vpsgateway.it.SmallPool.LAST;
import static cloud.obiente.vpsgateway.it.SmallPool.RESOLVER;
import static cloud.obiente.vpsgateway.it.SmallPool.SECOND;
import static cloud.obiente.vpsgateway.it.SmallPool.USABLE;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoResponse;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import io.grpc.Status.Code;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What callers are answered. The pool has ten addresses, one of which is a resolver's. */
class GrpcIT extends OneGateway {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");

    GrpcIT() {
        super(SmallPool.world("grpc"));
    }

    @Tag("smoke")
    @Test
    void anAllocationIsAnsweredWithAllThatAVpsNeeds() {
        // When
        AllocateIPResponse given = api.calls()
                .allocateIP(AllocateIPRequest.newBuilder()
                        .setVpsId("VPS-1")
                        .setMacAddress("02-00-00-00-00-0A")
                        .setPreferredIp(SECOND.toString())
                        .build());

        // Then
        assertThat(given.getIpAddress()).isEqualTo(SECOND.toString());
        assertThat(given.getSubnetMask()).isEqualTo("255.255.255.0");
        assertThat(given.getGateway()).isEqualTo("10.15.3.1");
        assertThat(given.getDnsServersList()).containsExactly("10.15.3.1", RESOLVER.toString());
        assertThat(world.assertEverythingAgrees())
                .containsExactly(new Holding("vps-1", SECOND, MacAddress.parse("02:00:00:00:00:0a")));
    }

    @Test
    void repeatingAnAllocationGivesTheSameAddressAndKeepsTheNic() {
        // Given
        Ipv4Address given = api.allocate("vps-1", MAC);

        // When
        Ipv4Address again = api.allocate("vps-1");

        // Then
        assertThat(again).isEqualTo(given);
        assertThat(world.listed()).containsExactly(new Holding("vps-1", given, MAC));
    }

    @Tag("smoke")
    @Test
    void theGatewayTellsWhatItIs() {
        // Given
        api.allocate("vps-1", MAC);

        // When
        GetGatewayInfoResponse info = api.info();

        // Then
        assertThat(info.getVersion()).isNotEmpty();
        assertThat(info.getDhcpPoolStart()).isEqualTo(FIRST.toString());
        assertThat(info.getDhcpPoolEnd()).isEqualTo(LAST.toString());
        assertThat(info.getSubnetMask()).isEqualTo("255.255.255.0");
        assertThat(info.getGatewayIp()).isEqualTo("10.15.3.1");
        assertThat(info.getDnsServersList()).containsExactly("10.15.3.1", RESOLVER.toString());
        assertThat(info.getTotalIps()).isEqualTo(USABLE);
        assertThat(info.getAllocatedIps()).isEqualTo(1);
        assertThat(info.getDhcpStatus()).isEqualTo("running");
        assertThat(info.getSshProxyStatus()).isEqualTo("running");
    }

    @Test
    void listsAreFilteredByOrganizationAndVps() {
        // Given
        api.allocate("vps-1", MAC);
        api.allocate("vps-2", OTHER_MAC);

        // When
        ListIPsRequest.Builder ofVps = ListIPsRequest.newBuilder().setVpsId("vps-2");
        ListIPsRequest.Builder ofOrganization = ListIPsRequest.newBuilder().setOrganizationId("org-2");

        // Then
        assertThat(api.calls().listIPs(ofVps.build()).getAllocationsList()).hasSize(1);
        assertThat(api.calls().listIPs(ofOrganization.build()).getAllocationsList())
                .isEmpty();
    }

    @Test
    void aVpsKeepsItsAddressWhateverItWouldPrefer() {
        // Given
        api.allocate("vps-1", MAC, FIRST);

        // When
        Ipv4Address again = api.allocate("vps-1", MAC, SECOND);

        // Then
        assertThat(again).isEqualTo(FIRST);
    }

    @Test
    void whenThePoolIsExhaustedARestingAddressIsGivenAndThenNone() {
        // Given
        for (int number = 1; number <= USABLE; number++) {
            api.allocate("vps-" + number, MacAddress.parse("02:00:00:00:01:0" + number));
        }
        assertThat(world.listed()).extracting(Holding::address).doesNotContain(RESOLVER);

        Ipv4Address held = api.allocate("vps-1");

        // When
        Refused refused = Refused.by(() -> api.allocate("one-too-many", MAC));
        api.release("vps-1");
        Ipv4Address given = api.allocate("one-too-many", MAC);

        // Then
        assertThat(refused.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(refused.reason()).isEqualTo("POOL_EXHAUSTED");
        assertThat(given).isEqualTo(held);
    }
}
