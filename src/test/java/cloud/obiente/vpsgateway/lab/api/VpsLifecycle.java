package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How one instance creates VPSs, destroys them and gives them public addresses. What it has begun ends with the instance. The
 * timeline's thread.
 */
public final class VpsLifecycle {
    private static final Duration FASTEST_BOOT = Duration.ofMinutes(1);
    private static final Duration SLOWEST_BOOT = Duration.ofMinutes(5);
    /** Of those that the API invents. */
    private static final long INVENTED_PREFIX = 0x00163eL << 24;
    /** Of those that Proxmox gives to NICs. */
    private static final long PROXMOX_PREFIX = 0xbc2411L << 24;

    private final ApiDatabase database;
    private final Machines machines;
    private final Lifetime lifetime;
    private final Random random;
    private final Consumer<String> say;
    private final Function<String, Optional<GatewayCalls>> gatewayOf;

    /**
     * The making of a VM.
     *
     * @param nic the MAC address that its NIC gets, whatever was allocated
     * @param takes until it runs, or is known to have failed
     */
    public record Installation(MacAddress nic, Duration takes, Result result) {}

    /** What becomes of an installation. */
    public enum Result {
        RUNS,
        FAILS
    }

    /** @param gatewayOf the calls of the gateway on a node; empty where the API knows no such node */
    VpsLifecycle(
            ApiDatabase database,
            Machines machines,
            Lifetime lifetime,
            Random random,
            Consumer<String> say,
            Function<String, Optional<GatewayCalls>> gatewayOf) {
        this.database = database;
        this.machines = machines;
        this.lifetime = lifetime;
        this.random = random;
        this.say = say;
        this.gatewayOf = gatewayOf;
    }

    /** An installation as they are: one to five minutes, and a NIC that has nothing to do with what was allocated. */
    public Installation usualInstallation() {
        Duration takes = FASTEST_BOOT.plusMillis(
                random.nextInt((int) SLOWEST_BOOT.minus(FASTEST_BOOT).toMillis()));
        return new Installation(drawNic(), takes, Result.RUNS);
    }

    /**
     * A MAC as Proxmox gives them, of 2²⁴; here none twice, for two VPSs of one MAC are beyond what anybody could tell
     * apart.
     */
    public MacAddress drawNic() {
        return Stream.generate(() -> draw(PROXMOX_PREFIX))
                .filter(database.proxmox()::isFirstOf)
                .findFirst()
                .orElseThrow();
    }

    private MacAddress draw(long prefix) {
        return new MacAddress(prefix | random.nextInt(1 << 24));
    }

    public void create(String vps, String organization, String node) {
        create(vps, organization, node, usualInstallation());
    }

    /** Allocates for an invented MAC, forgets the answer, and installs; without an address nothing is installed. */
    public void create(String vps, String organization, String node, Installation installation) {
        database.vpss().put(new VpsRecord(vps, organization, node, Optional.empty(), false));
        gatewayOf.apply(node).ifPresent(gateway -> gateway.allocate(vps, organization, draw(INVENTED_PREFIX))
                .whenComplete((address, failure) -> {
                    if (failure != null) {
                        say.accept(vps + " gets no address: " + failure);
                        database.vpss().change(vps, VpsRecord::asDeleted);
                    } else {
                        say.accept(vps + " has " + address);
                        lifetime.after(installation.takes(), () -> installed(vps, node, installation));
                    }
                }));
    }

    /** ReleaseIP is called here and nowhere else. */
    private void installed(String vps, String node, Installation installation) {
        if (installation.result() == Result.FAILS) {
            database.vpss().change(vps, VpsRecord::asDeleted);
            gatewayOf.apply(node).ifPresent(gateway -> hear(vps + " released", gateway.release(vps)));
        } else {
            database.proxmox().add(vps, installation.nic());
            machines.started(vps, installation.nic());
        }
    }

    /** A VPS from before, with its row. */
    public void existsAlready(LeaseEntry lease, String node) {
        database.vpss().put(new VpsRecord(lease.vps(), lease.organization(), node, Optional.empty(), false));
        database.leases().upsert(lease, node);
        lease.mac().ifPresent(nic -> {
            database.proxmox().add(lease.vps(), nic);
            machines.started(lease.vps(), nic);
        });
    }

    /** Proxmox gives the VM another NIC, and nobody tells the API. */
    public void replaceNic(String vps, MacAddress nic) {
        database.proxmox().add(vps, nic);
        machines.started(vps, nic);
    }

    /** The VM goes and its public addresses are unassigned; the private one is not released, and all rows stay. */
    public void delete(String vps) {
        assigned(vps).forEach(address -> unassignPublic(vps, address));
        database.proxmox().remove(vps);
        machines.destroyed(vps);
        database.vpss().change(vps, VpsRecord::asDeleted);
    }

    private List<Ipv4Address> assigned(String vps) {
        return database.publicAddresses().entrySet().stream()
                .filter(entry -> entry.getValue().equals(vps))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** By the MAC of any private row, whichever NIC that was; a VPS without a private row gets none. */
    public void assignPublic(String vps, Ipv4Address address) {
        Optional<LeaseEntry> row = anyOf(database.leases().of(vps, false));
        Optional<LeaseEntry> lease = row.flatMap(LeaseEntry::mac).flatMap(mac -> publicLease(vps, address, mac));
        lease.ifPresent(wanted -> calls(vps)
                .ifPresent(gateway -> gateway.addStaticLease(wanted).whenComplete((done, failure) -> {
                    say.accept(wanted + (failure == null ? " assigned" : " not assigned: " + failure));
                    if (failure == null) {
                        database.publicAddresses().put(address, vps);
                    }
                })));
    }

    public void unassignPublic(String vps, Ipv4Address address) {
        database.publicAddresses().remove(address, vps);
        List<LeaseEntry> rows = new ArrayList<>(database.leases().of(vps, false));
        rows.addAll(database.leases().of(vps, true));
        anyOf(rows)
                .flatMap(LeaseEntry::mac)
                .flatMap(mac -> publicLease(vps, address, mac))
                .ifPresent(wanted -> calls(vps)
                        .ifPresent(gateway -> hear(wanted + " unassigned", gateway.removeStaticLease(wanted))));
    }

    private Optional<LeaseEntry> publicLease(String vps, Ipv4Address address, MacAddress mac) {
        return database.vpss()
                .read(vps)
                .map(record -> new LeaseEntry(vps, record.organization(), address, Optional.of(mac), true));
    }

    private Optional<GatewayCalls> calls(String vps) {
        return database.vpss().read(vps).map(VpsRecord::node).flatMap(gatewayOf);
    }

    private Optional<LeaseEntry> anyOf(List<LeaseEntry> rows) {
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(random.nextInt(rows.size())));
    }

    private void hear(String what, CompletionStage<Void> call) {
        call.whenComplete((done, failure) -> say.accept(what + (failure == null ? "" : ": " + failure)));
    }
}
