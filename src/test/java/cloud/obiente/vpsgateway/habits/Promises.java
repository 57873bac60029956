package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.lab.api.GatewayPort.Owner;
import cloud.obiente.vpsgateway.lab.api.Timeline;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What VPSs that run are promised: nobody loses or changes an address, none is used twice. The API of the model never releases
 * one that runs and never gives its address away, so there is no excuse. Broken promises are collected, each once. The
 * timeline's thread.
 */
final class Promises {
    private final Supplier<IpamSnapshot> allocations;
    private final boolean adopts;
    private final Segment segment;
    private final Timeline timeline;
    private final Set<String> broken = new LinkedHashSet<>();
    private final Set<String> lost = new LinkedHashSet<>();

    /** @param adopts whether a VPS without an address here gets one when the API names it */
    Promises(Supplier<IpamSnapshot> allocations, boolean adopts, Segment segment, Timeline timeline) {
        this.adopts = adopts;
        this.allocations = allocations;
        this.segment = segment;
        this.timeline = timeline;
    }

    /** A VPS has been given an address. */
    void leased(Segment.Vps vps) {
        Ipv4Address now = vps.address.orElseThrow();
        vps.last
                .filter(before -> !before.equals(now))
                .ifPresent(before -> breach(vps.name + " had " + before + " and was given " + now));
        segment.running().stream()
                .filter(other -> !other.name.equals(vps.name) && other.address.equals(vps.address))
                .forEach(other -> breach(now + " is used by " + other.name + " and was given to " + vps.name));
    }

    /** The API has said whose a MAC is: DHCP serves it from now on, and the address is the one that its VPS had. */
    void answered(MacAddress mac, Optional<Owner> owner) {
        if (owner == null) {
            return;
        }
        owner.flatMap(known -> segment.vps(known.vps()))
                .filter(vps -> vps.nic.equals(mac))
                .filter(vps -> adopts
                        || allocations.get().privateOf(VpsId.parse(vps.name)).isPresent())
                .filter(this::canBeServed)
                .filter(vps -> allocations.get().ofMac(mac).isEmpty())
                .ifPresent(vps -> breach(vps + " was named by the API and has no DHCP"));
    }

    /** Every VPS that has an address is the one that it is reserved for. */
    void check() {
        IpamSnapshot snapshot = allocations.get();
        Map<Ipv4Address, String> users = new HashMap<>();
        for (Segment.Vps vps : segment.running()) {
            if (vps.address.isEmpty()) {
                continue;
            }
            Ipv4Address address = vps.address.get();
            String other = users.put(address, vps.name);
            if (other != null) {
                breach(address + " is used by " + other + " and " + vps.name);
            }
            Optional<Allocation> reserved = snapshot.ofMac(vps.nic);
            if (reserved.filter(held -> held.address().equals(address)).isEmpty() && lost.add(vps.name + address)) {
                breach(vps + " uses " + address + ", which "
                        + snapshot.at(address)
                                .map(held -> "is reserved for " + held.vps() + " "
                                        + held.mac().map(Object::toString).orElse("without MAC"))
                                .orElse("is not reserved"));
            }
            if (reserved.isPresent()) {
                lost.remove(vps.name + address);
            }
        }
    }

    /** Nobody that runs is without an address. */
    void checkAllServed() {
        segment.running().stream()
                .filter(vps -> vps.address.isEmpty())
                .filter(this::canBeServed)
                .forEach(vps -> breach(vps + " has had no address since " + vps.withoutSince));
    }

    /** Where the pool is exhausted, only those who hold an address. */
    private boolean canBeServed(Segment.Vps vps) {
        IpamSnapshot now = allocations.get();
        return now.poolAvailable() > 0 || now.privateOf(VpsId.parse(vps.name)).isPresent();
    }

    private void breach(String what) {
        broken.add(timeline.now() + " " + what);
    }

    Set<String> broken() {
        return broken;
    }
}
