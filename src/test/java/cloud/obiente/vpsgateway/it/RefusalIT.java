package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.SmallPool.FIRST;
import static cloud.obiente.vpsgateway.it.SmallPool.RESOLVER;
import static cloud.obiente.vpsgateway.it.SmallPool.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPRequest;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.GetOrgLeasesRequest;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.ReleaseIPRequest;
import cloud.obiente.vpsgateway.v1.ReleasePublicIPRequest;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How callers are refused, and that nothing comes of it. The pool has ten addresses, one of which is a resolver's. */
class RefusalIT extends OneGateway {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Ipv4Address OUTSIDE = Ipv4Address.parse("10.15.3.30");

    RefusalIT() {
        super(SmallPool.world("refusal"));
    }

    /** As when a proxy adds what it has, or a caller a token that is too long. */
    @Test
    void tooMuchMetadataIsNamed() {
        Refused refused = Refused.by(() -> withMetadata(20_000));
        assertThat(refused.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(refused.message()).contains("at most 16384", "x-token with 20039");

        withMetadata(12_000);

        // This client has been told how much the transport takes, and does not even try.
        assertThat(Refused.by(() -> withMetadata(40_000)).code()).isEqualTo(Code.INTERNAL);
        assertThat(api.list()).isEmpty();
    }

    private void withMetadata(int bytes) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("x-token", Metadata.ASCII_STRING_MARSHALLER), "t".repeat(bytes));
        assertThat(api.calls()
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                        .listIPs(ListIPsRequest.getDefaultInstance())
                        .getAllocationsList())
                .isEmpty();
    }

    @Test
    void publicAddressesNameTheirBadFields() {
        assertThat(Refused.by(() -> api.calls().allocatePublicIP(AllocatePublicIPRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("vps_id", "mac_address", "public_ip");
        assertThat(Refused.by(() -> api.calls().releasePublicIP(ReleasePublicIPRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("vps_id", "public_ip");
        assertThat(Refused.by(() -> api.calls()
                                .addStaticDHCPLease(AddStaticDHCPLeaseRequest.newBuilder()
                                        .setIsPublic(true)
                                        .build()))
                        .fields())
                .containsExactly("vps_id", "mac_address", "ip_address");
        assertThat(Refused.by(() -> api.calls()
                                .removeStaticDHCPLease(RemoveStaticDHCPLeaseRequest.newBuilder()
                                        .setIsPublic(true)
                                        .build()))
                        .fields())
                .containsExactly("ip_address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.1.2.3",
                "127.0.0.1",
                "169.254.169.254",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "10.15.3.1"
            })
    void whatCanBeNoVpssAddressIsRefusedAsAPublicOne(String address) {
        // When
        Refused refused = Refused.by(() -> api.assignPublic("vps-1", MAC, Ipv4Address.parse(address)));

        // Then
        assertThat(refused.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.fields()).containsExactly("public_ip");
        assertThat(refused.message()).contains(address);
        assertThat(api.list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.15.3.20", "10.15.3.25"})
    void whatBelongsToThePrivateNetworkIsRefusedAsAPublicAddress(String address) {
        // When
        Refused refused = Refused.by(() -> api.assignPublic("vps-1", MAC, Ipv4Address.parse(address)));

        // Then
        assertThat(refused.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.reason()).isEqualTo("NOT_PUBLIC");
        assertThat(api.list()).isEmpty();
    }

    @Test
    void aPublicAddressMustMakeSenseInItsNetwork() {
        AllocatePublicIPRequest.Builder request =
                AllocatePublicIPRequest.newBuilder().setVpsId("vps-1").setMacAddress(MAC.toString());
        assertThat(Refused.by(() -> api.calls()
                        .allocatePublicIP(request.setPublicIp("203.0.113.255").build())))
                .matches(refused -> refused.fields().equals(List.of("public_ip")))
                .matches(refused -> refused.message().contains("203.0.113.0/24"));
        assertThat(Refused.by(() -> api.calls()
                        .allocatePublicIP(request.setPublicIp("203.0.113.1").build())))
                .matches(refused -> refused.fields().equals(List.of("gateway")));
        assertThat(Refused.by(() -> api.calls()
                        .allocatePublicIP(request.setPublicIp("203.0.113.7")
                                .setNetmask("255.0.255.0")
                                .build())))
                .matches(refused -> refused.fields().equals(List.of("netmask")));
    }

    @Test
    void allBadFieldsAreNamedAtOnce() {
        // When
        Refused refused = Refused.by(() -> api.calls()
                .allocateIP(AllocateIPRequest.newBuilder()
                        .setOrganizationId("a b")
                        .setMacAddress("02:00")
                        .setPreferredIp("10.15.3")
                        .build()));

        // Then
        assertThat(refused.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.reason()).isEqualTo("INVALID_FIELDS");
        assertThat(refused.fields()).containsExactly("vps_id", "organization_id", "mac_address", "preferred_ip");
        assertThat(refused.message()).contains("vps_id is required", "'a b'", "'02:00'", "'10.15.3'");
    }

    @Test
    void everyMethodNamesItsBadFields() {
        assertThat(Refused.by(() -> api.calls().releaseIP(ReleaseIPRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("vps_id");
        assertThat(Refused.by(() -> api.calls()
                                .listIPs(ListIPsRequest.newBuilder()
                                        .setVpsId("-")
                                        .build()))
                        .fields())
                .containsExactly("vps_id");
        assertThat(Refused.by(() -> api.calls().getOrgLeases(GetOrgLeasesRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("organization_id");
        assertThat(Refused.by(() -> api.calls().addStaticDHCPLease(AddStaticDHCPLeaseRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("vps_id", "mac_address", "ip_address");
        assertThat(Refused.by(() ->
                                api.calls().removeStaticDHCPLease(RemoveStaticDHCPLeaseRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("vps_id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vps-1\n10.15.3.66 evil",
                "vps-1\r",
                "vps,1",
                "vps 1",
                "vps_1",
                "vps.1",
                "-vps",
                "vps-",
                "vps#1",
                "vps\u00001",
                "vps-é",
                "a234567890123456789012345678901234567890123456789012345678901234"
            })
    void aVpsIdThatIsNoDnsLabelReachesNoFile(String vpsId) throws Exception {
        // Given
        api.allocate("vps-1", MAC);
        List<String> names = world.files().names();
        List<Holding> reservations = world.files().reservations();

        // When
        Refused refused = Refused.by(() -> api.allocate(vpsId, OTHER_MAC));

        // Then
        assertThat(refused.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.fields()).containsExactly("vps_id");
        assertThat(refused.message()).doesNotContain("\n", "\r");
        assertThat(world.files().names()).isEqualTo(names);
        assertThat(world.files().reservations()).isEqualTo(reservations);
    }

    @Test
    void anAddressOrNicOfAnotherVpsIsRefusedAndItsHolderNamed() {
        // Given
        api.allocate("vps-1", MAC, FIRST);

        // When
        Refused address = Refused.by(() -> api.allocate("vps-2", OTHER_MAC, FIRST));
        Refused nic = Refused.by(() -> api.allocate("vps-2", MAC));
        Refused boundAddress = Refused.by(() -> api.bind("vps-2", OTHER_MAC, FIRST));
        Refused boundNic = Refused.by(() -> api.bind("vps-2", MAC, SECOND));

        // Then
        assertThat(List.of(address, nic, boundAddress, boundNic))
                .allMatch(refused -> refused.code() == Code.ALREADY_EXISTS)
                .allMatch(refused -> refused.values().get("holder").equals("vps-1"))
                .extracting(Refused::reason)
                .containsExactly("ADDRESS_TAKEN", "MAC_TAKEN", "ADDRESS_TAKEN", "MAC_TAKEN");
        assertThat(address.message()).isEqualTo("10.15.3.20 is held by vps-1");
        assertThat(world.listed()).containsExactly(new Holding("vps-1", FIRST, MAC));
    }

    @Test
    void aPreferredAddressMustLieInThePoolAndBeFree() {
        assertThat(Refused.by(() -> api.allocate("vps-1", MAC, OUTSIDE)))
                .matches(refused -> refused.code() == Code.INVALID_ARGUMENT)
                .matches(refused -> refused.reason().equals("OUTSIDE_POOL"));
        assertThat(Refused.by(() -> api.allocate("vps-1", MAC, RESOLVER)))
                .matches(refused -> refused.code() == Code.FAILED_PRECONDITION)
                .matches(refused -> refused.reason().equals("ADDRESS_RESERVED"));
        assertThat(api.list()).isEmpty();
    }

    @Test
    void whatIsNotThereCannotBeReleased() {
        // Given
        api.allocate("vps-1", MAC, FIRST);

        // When
        Refused unknown = Refused.by(() -> api.release("vps-2"));
        Refused notIts = Refused.by(() -> api.calls()
                .releaseIP(ReleaseIPRequest.newBuilder()
                        .setVpsId("vps-1")
                        .setIpAddress(SECOND.toString())
                        .build()));
        Refused notBound = Refused.by(() -> api.unbind("vps-1", OTHER_MAC, FIRST));

        // Then
        assertThat(List.of(unknown, notIts, notBound))
                .allMatch(refused -> refused.code() == Code.NOT_FOUND)
                .allMatch(refused -> refused.reason().equals("NOT_FOUND"));
        assertThat(world.listed()).hasSize(1);
    }

    @Test
    void methodsAndServicesThatDoNotExistAreUnimplemented() {
        assertThat(Refused.by(() -> call("obiente.cloud.vpsgateway.v1.VPSGatewayService/Destroy"))
                        .code())
                .isEqualTo(Code.UNIMPLEMENTED);
        assertThat(Refused.by(() -> call("obiente.cloud.vpsgateway.v2.VPSGatewayService/ListIPs"))
                        .code())
                .isEqualTo(Code.UNIMPLEMENTED);
    }

    @Test
    void aMessageAboveFourMebibytesIsRefused() {
        // Given
        SyncAllocationsRequest tooLarge = SyncAllocationsRequest.newBuilder()
                .addAllocations(DesiredAllocation.newBuilder().setVpsId("x".repeat(4 * 1024 * 1024)))
                .build();

        // When
        Refused refused = Refused.by(() -> api.calls().syncAllocations(tooLarge));

        // Then
        assertThat(refused.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(api.list()).isEmpty();
    }

    private void call(String method) {
        MethodDescriptor<ListIPsRequest, ?> unknown = VPSGatewayServiceGrpc.getListIPsMethod().toBuilder()
                .setFullMethodName(method)
                .build();
        try (GatewayClient client = GatewayClient.connect(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET)) {
            ClientCalls.blockingUnaryCall(
                    client.calls().getChannel(), unknown, CallOptions.DEFAULT, ListIPsRequest.getDefaultInstance());
        }
    }
}
