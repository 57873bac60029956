package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;

/** Allocations for tests of the guard. */
final class Held {
    private static final Ipv4Address FIRST = Ipv4Address.parse("198.18.0.1");

    private Held() {}

    static Allocation publicly(String vps, String address, MacAddress mac) {
        return held(vps, Ipv4Address.parse(address), Optional.of(mac), Allocation.Kind.PUBLIC);
    }

    static Allocation privately(String vps, String address, MacAddress mac) {
        return held(vps, Ipv4Address.parse(address), Optional.of(mac), Allocation.Kind.PRIVATE);
    }

    static Allocation withoutNic(String vps, String address, Allocation.Kind kind) {
        return held(vps, Ipv4Address.parse(address), Optional.empty(), kind);
    }

    /** That many public addresses of as many VPSs, from 198.18.0.1 on. */
    static GuardPlan many(int count) {
        return GuardPlan.of(
                IntStream.range(0, count)
                        .mapToObj(i -> held(
                                "many-" + i,
                                FIRST.plus(i),
                                Optional.of(new MacAddress(0x02_10_00_00_00_00L + i)),
                                Allocation.Kind.PUBLIC))
                        .toList(),
                GuardScope.PUBLIC_ONLY);
    }

    private static Allocation held(String vps, Ipv4Address address, Optional<MacAddress> mac, Allocation.Kind kind) {
        return new Allocation(VpsId.parse(vps), OrganizationId.UNKNOWN, address, mac, Instant.EPOCH, kind);
    }
}
