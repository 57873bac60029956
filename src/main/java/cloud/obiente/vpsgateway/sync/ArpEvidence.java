package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.hostnet.segment.AddressUse;
import cloud.obiente.vpsgateway.hostnet.segment.ArpAnswer;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * ARP as a sign of life: a VPS that answers for its private address is in use with all that it holds, and one for which
 * nobody answers is not. Where nobody was asked lately, nothing is known. A MAC that is nobody's may be another NIC of
 * the VPS: only one that is another VPS's says that it is gone.
 *
 * @param answers what came of asking for an address lately, as of {@link
 *     cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch#known}
 */
public record ArpEvidence(Supplier<IpamSnapshot> allocations, Function<Ipv4Address, Optional<AddressUse.Fact>> answers)
        implements UsageEvidence {

    @Override
    public Usage of(Allocation held) {
        IpamSnapshot state = allocations.get();
        Optional<Allocation> onSegment = held.isPrivate() ? Optional.of(held) : state.privateOf(held.vps());
        // Where a public address is routed to is not asked by ARP here.
        return onSegment.map(own -> usage(own, state)).orElse(Usage.UNUSED);
    }

    private Usage usage(Allocation own, IpamSnapshot state) {
        Optional<ArpAnswer> answer = answers.apply(own.address()).map(AddressUse.Fact::answer);
        if (answer.isEmpty()) {
            return Usage.UNKNOWN;
        }
        if (answer.get() instanceof ArpAnswer.Answered answered) {
            return by(answered.mac(), own, state);
        }
        return answer.get() instanceof ArpAnswer.Silent ? Usage.UNUSED : Usage.UNKNOWN;
    }

    private static Usage by(MacAddress answering, Allocation own, IpamSnapshot state) {
        if (own.mac().map(answering::equals).orElse(true)) {
            return Usage.IN_USE;
        }
        return state.ofMac(answering)
                        .filter(other -> !other.vps().equals(own.vps()))
                        .isPresent()
                ? Usage.UNUSED
                : Usage.UNKNOWN;
    }
}
