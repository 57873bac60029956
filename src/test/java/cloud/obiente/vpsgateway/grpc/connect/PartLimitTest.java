package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import com.google.protobuf.Descriptors.Descriptor;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** LinkMessages that are small on the wire and large in memory. */
class PartLimitTest {
    private static final Descriptor LIST = SyncAllocationsRequest.getDescriptor();
    private static final int MIB = 1 << 20;

    private static byte[] list(int entries, DesiredAllocation entry) {
        return SyncAllocationsRequest.newBuilder()
                .addAllAllocations(Collections.nCopies(entries, entry))
                .build()
                .toByteArray();
    }

    @Test
    void aListOfAllAddressesThatAPoolCanHavePasses() {
        DesiredAllocation entry = DesiredAllocation.newBuilder()
                .setVpsId("vps-12345")
                .setOrganizationId("org-1")
                .setIpAddress("10.15.3.20")
                .setMacAddress("02:00:00:00:00:01")
                .setIsPublic(true)
                .build();
        assertThatNoException().isThrownBy(() -> PartLimit.check(LIST, list(65_536, entry)));
    }

    @Test
    void emptyEntriesAreRefused() {
        assertRefused(list(2 * MIB, DesiredAllocation.getDefaultInstance()));
    }

    @Test
    void aQuarterOfAMillionUnreadableEntriesAreRefused() {
        assertRefused(list(
                250_000,
                DesiredAllocation.newBuilder()
                        .setVpsId("?!")
                        .setIpAddress("1.2.3.4.5")
                        .build()));
    }

    @Test
    void fieldsThatNobodyKnowsAreRefused() {
        byte[] unknown = new byte[2 * MIB];
        for (int i = 0; i < unknown.length; i += 2) {
            unknown[i] = 15 << 3;
        }
        assertRefused(unknown);
    }

    @Test
    void oneLongFieldPasses() {
        byte[] large = DesiredAllocation.newBuilder()
                .setVpsId("x".repeat(4 * MIB))
                .build()
                .toByteArray();
        assertThatNoException().isThrownBy(() -> PartLimit.check(DesiredAllocation.getDescriptor(), large));
    }

    @Test
    void whatIsMalformedIsLeftToTheParser() {
        byte[] malformed = new byte[MIB];
        Arrays.fill(malformed, (byte) 0xff);
        assertThatNoException().isThrownBy(() -> PartLimit.check(LIST, malformed));
    }

    @Test
    void jsonWithManyElementsIsRefused() {
        assertJsonRefused("{\"allocations\":[" + "{},".repeat(MIB) + "{}]}");
        assertJsonRefused("{\"x\":[" + "1,".repeat(MIB) + "1]}");
        assertJsonRefused("[".repeat(MIB));
    }

    @Test
    void jsonWithLongTextPasses() {
        String text = "{\"vpsId\":\"" + "\\\"{[,".repeat(MIB / 2) + "\"}";
        assertThatNoException().isThrownBy(() -> PartLimit.checkJson(text.getBytes(UTF_8)));
    }

    private static void assertRefused(byte[] message) {
        assertThatThrownBy(() -> PartLimit.check(LIST, message)).hasMessageContaining("RESOURCE_EXHAUSTED");
    }

    private static void assertJsonRefused(String json) {
        assertThatThrownBy(() -> PartLimit.checkJson(json.getBytes(UTF_8))).hasMessageContaining("RESOURCE_EXHAUSTED");
    }
}
