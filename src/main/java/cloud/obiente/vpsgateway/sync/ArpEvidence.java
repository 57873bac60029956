package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.hostnet.segment.AddressUse;
import cloud.obiente.vpsgateway.ipam.Allocation;

/** An ARP answer of the VPS's own NIC as a sign of life. */
public record ArpEvidence(AddressUse use) implements UsageEvidence {
    @Override
    public boolean isInUse(Allocation held) {
        return held.mac().filter(mac -> use.answers(held.address(), mac)).isPresent();
    }
}
