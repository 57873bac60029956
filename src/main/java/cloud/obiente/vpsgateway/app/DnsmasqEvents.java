package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.MacResolver;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqFault;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqListener;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqStatus;
import cloud.obiente.vpsgateway.dnsmasq.Limit;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Reports every event to the meters, and unknown MACs to the resolver.
 *
 * @param macResolver asked for when the first event comes: it needs the dnsmasq whose events these are
 * @param searches told of each MAC that nobody knows; true for a gateway's search for DHCP servers, which is no client
 */
record DnsmasqEvents(DnsmasqListener meters, Supplier<MacResolver> macResolver, Predicate<MacAddress> searches)
        implements DnsmasqListener {

    @Override
    public void unknownClient(MacAddress mac) {
        if (!searches.test(mac)) {
            meters.unknownClient(mac);
            macResolver.get().unknownClient(mac);
        }
    }

    /** Where unknown clients are served and the dynamic range is used up, a VPS still gets its own address. */
    @Override
    public void noAddressFor(MacAddress mac) {
        if (!searches.test(mac)) {
            macResolver.get().unknownClient(mac);
        }
    }

    @Override
    public void reloaded(Duration took) {
        meters.reloaded(took);
    }

    @Override
    public void restarting(DnsmasqFault cause) {
        meters.restarting(cause);
    }

    @Override
    public void declined(Ipv4Address address, MacAddress mac) {
        meters.declined(address, mac);
    }

    @Override
    public void complained() {
        meters.complained();
    }

    @Override
    public void limitReached(Limit limit) {
        meters.limitReached(limit);
    }

    @Override
    public void statusChanged(DnsmasqStatus status) {
        meters.statusChanged(status);
    }
}
