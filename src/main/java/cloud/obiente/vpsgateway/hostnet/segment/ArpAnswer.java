package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.MacAddress;

/** What came of asking the segment for the owner of one address. */
public sealed interface ArpAnswer {

    /** The host with this MAC says that the address is its own. */
    record Answered(MacAddress mac) implements ArpAnswer {}

    /** The kernel asked and nobody answered: nobody reachable uses the address now. */
    record Silent() implements ArpAnswer {}

    /** Nobody could be asked, which says nothing about the address. */
    record Unknown(String why) implements ArpAnswer {}
}
