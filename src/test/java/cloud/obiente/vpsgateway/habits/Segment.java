package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.hostnet.BridgePort;
import cloud.obiente.vpsgateway.lab.api.Machines;
import cloud.obiente.vpsgateway.lab.api.Timeline;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The VPSs that run, their DHCP clients, and the lease file: a VPS asks until it is given an address, renews it at half its
 * time, and asks anew when that is refused. The timeline's thread.
 */
final class Segment implements Machines {
    static final Duration LEASE_TIME = Duration.ofHours(1);
    private static final Duration BETWEEN_RENEWALS = Duration.ofMinutes(1);
    private static final Duration LENT_TIME = Duration.ofMinutes(2);
    private static final BridgePort FOREIGN_PORT = new BridgePort(0);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(32);

    /** A VPS that runs. */
    static final class Vps {
        final String name;
        MacAddress nic;
        /** What its interface has. */
        Optional<Ipv4Address> address = Optional.empty();
        /** The last that it had since it was started, whichever NIC it had then. */
        Optional<Ipv4Address> last = Optional.empty();

        Instant withoutSince;
        /** Whether its address is set in it, so that it never asks for one. */
        boolean fixed;
        /** Which of its timers counts: those before have been overtaken. */
        private int life;

        Vps(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name + " (" + nic + ")";
        }
    }

    private final Timeline timeline;
    private final Map<String, Vps> running = new LinkedHashMap<>();
    private final Map<MacAddress, Lease> leases = new LinkedHashMap<>();
    private LeaseSnapshot file = new LeaseSnapshot(List.of(), List.of(), Instant.EPOCH);
    private Function<MacAddress, Optional<Ipv4Address>> reservations = mac -> Optional.empty();
    private Consumer<MacAddress> unknownClient = mac -> {};
    /** What MACs without reservation are given. */
    private Supplier<Stream<Ipv4Address>> dynamicRange = Stream::empty;

    private Consumer<Vps> onLease = vps -> {};
    private Runnable onLent = () -> {};
    private boolean served;

    Segment(Timeline timeline) {
        this.timeline = timeline;
    }

    /**
     * Who answers DHCP from now on.
     *
     * @param reserved the address of a MAC
     * @param unknown told of each request by a MAC that has none
     * @param lent what such a MAC gets meanwhile
     */
    void serve(
            Function<MacAddress, Optional<Ipv4Address>> reserved,
            Consumer<MacAddress> unknown,
            Supplier<Stream<Ipv4Address>> lent) {
        served = true;
        reservations = reserved;
        unknownClient = unknown;
        dynamicRange = lent;
    }

    /** Nobody answers DHCP from now on. */
    void serveNobody() {
        serve(mac -> Optional.empty(), mac -> {}, Stream::empty);
        served = false;
    }

    /** A running VPS keeps the address that it has without asking anybody, until it is started again. */
    void fix(String name) {
        vps(name).filter(vps -> vps.address.isPresent()).ifPresent(vps -> {
            vps.fixed = true;
            vps.life++;
        });
    }

    /** Who answers ARP for the address. */
    Optional<MacAddress> answering(Ipv4Address address) {
        return running.values().stream()
                .filter(vps -> vps.address.equals(Optional.of(address)))
                .map(vps -> vps.nic)
                .findFirst();
    }

    /** @param told when an address has been lent to a MAC that nobody knows */
    void onLent(Runnable told) {
        onLent = told;
    }

    /** As in mode serve. */
    void lend(MacAddress unknownClient, Ipv4Address address) {
        write(new Lease(
                unknownClient,
                address,
                Optional.empty(),
                Optional.of(timeline.now().plus(LENT_TIME))));
        onLent.run();
    }

    /** A MAC that somebody has made up asks for an address. */
    void invent(MacAddress mac) {
        if (reservations.apply(mac).isEmpty()) {
            unknownClient.accept(mac);
        }
    }

    /** Each VPS has a port of the bridge; all that nobody knows is behind one other. */
    BridgePort portOf(MacAddress mac) {
        return running.values().stream()
                .filter(vps -> vps.nic.equals(mac))
                .findFirst()
                .map(vps -> new BridgePort(Integer.parseInt(vps.name.substring(vps.name.indexOf('-') + 1))))
                .orElse(FOREIGN_PORT);
    }

    /** @param leased told before anything else happens */
    void onLease(Consumer<Vps> leased) {
        onLease = leased;
    }

    Collection<Vps> running() {
        return running.values();
    }

    Optional<Vps> vps(String name) {
        return Optional.ofNullable(running.get(name));
    }

    LeaseSnapshot leaseFile() {
        return file;
    }

    boolean isLeasedByOther(Ipv4Address address, Optional<MacAddress> mac) {
        return file.at(address)
                .filter(lease -> lease.isLive(timeline.now()))
                .filter(lease -> !mac.equals(Optional.of(lease.mac())))
                .isPresent();
    }

    Optional<Ipv4Address> leasedBy(MacAddress mac) {
        return file.of(mac).stream()
                .filter(lease -> lease.isLive(timeline.now()))
                .map(Lease::address)
                .findFirst();
    }

    @Override
    public void started(String name, MacAddress nic) {
        Vps vps = running.computeIfAbsent(name, Vps::new);
        vps.nic = nic;
        vps.fixed = false;
        ask(vps);
    }

    /** Its power is cut: its lease stays in the file until it expires. */
    void stop(String name) {
        Optional.ofNullable(running.remove(name)).ifPresent(vps -> vps.life++);
    }

    @Override
    public void destroyed(String name) {
        stop(name);
    }

    private void ask(Vps vps) {
        vps.life++;
        vps.address = Optional.empty();
        vps.withoutSince = timeline.now();
        discover(vps, vps.life, Duration.ofSeconds(2));
    }

    private void discover(Vps vps, int life, Duration backoff) {
        if (vps.life != life) {
            return;
        }
        Optional<Ipv4Address> offered = reservations.apply(vps.nic);
        if (offered.isPresent()) {
            lease(vps, offered.get());
            return;
        }
        Optional<Ipv4Address> lent = toLend(vps.nic);
        if (lent.isPresent()) {
            lend(vps.nic, lent.get());
            timeline.after(LENT_TIME.dividedBy(2), () -> discover(vps, life, backoff));
            return;
        }
        unknownClient.accept(vps.nic);
        Duration next = backoff.multipliedBy(2);
        timeline.after(backoff, () -> discover(vps, life, next.compareTo(MAX_BACKOFF) < 0 ? next : MAX_BACKOFF));
    }

    private Optional<Ipv4Address> toLend(MacAddress nic) {
        List<Ipv4Address> free = dynamicRange
                .get()
                .filter(address -> !isLeasedByOther(address, Optional.of(nic)))
                .toList();
        return leasedBy(nic).filter(free::contains).or(() -> free.stream().findFirst());
    }

    private void lease(Vps vps, Ipv4Address address) {
        vps.address = Optional.of(address);
        write(new Lease(
                vps.nic,
                address,
                Optional.empty(),
                Optional.of(timeline.now().plus(LEASE_TIME).plusSeconds(1))));
        onLease.accept(vps);
        vps.last = vps.address;
        int life = vps.life;
        Instant end = timeline.now().plus(LEASE_TIME);
        timeline.after(LEASE_TIME.dividedBy(2), () -> renew(vps, life, address, end));
    }

    private void renew(Vps vps, int life, Ipv4Address address, Instant end) {
        if (vps.life != life) {
            return;
        }
        if (!served && timeline.now().isBefore(end)) {
            timeline.after(BETWEEN_RENEWALS, () -> renew(vps, life, address, end));
            return;
        }
        Optional<Ipv4Address> reserved = reservations.apply(vps.nic);
        if (reserved.equals(Optional.of(address))) {
            lease(vps, address);
        } else {
            ask(vps);
        }
    }

    /** dnsmasq keeps one lease for an address, and one for a MAC. */
    private void write(Lease lease) {
        leases.values().removeIf(other -> other.address().equals(lease.address()) || !other.isLive(timeline.now()));
        leases.put(lease.mac(), lease);
        file = new LeaseSnapshot(List.copyOf(leases.values()), List.of(), timeline.now());
    }
}
