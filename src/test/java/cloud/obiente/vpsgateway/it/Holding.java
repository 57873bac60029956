package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;

/** That a VPS has an address, for one NIC. */
record Holding(String vps, Ipv4Address address, MacAddress mac) {

    static Holding of(String vps, String address, String mac) {
        return new Holding(vps, Ipv4Address.parse(address), MacAddress.parse(mac));
    }
}
