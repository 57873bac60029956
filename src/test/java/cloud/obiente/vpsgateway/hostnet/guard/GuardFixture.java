package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.hostnet.ChildTools;
import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A guard between a VPS that owns an address, one that wants it, and a kernel of their own. */
abstract class GuardFixture {
    static final String ADDRESS = "203.0.113.10";
    static final MacAddress OWNER = MacAddress.parse("02:00:00:00:00:01");
    static final MacAddress MALLORY = MacAddress.parse("02:00:00:00:00:02");
    static final InterfaceName ETH0 = new InterfaceName("eth0");
    static final HostTools TOOLS = new ChildTools(Duration.ofSeconds(20));

    final List<Allocation> decided = new CopyOnWriteArrayList<>();
    final Noted noted = new Noted();
    final List<AddressGuard> guards = new ArrayList<>();
    Lab lab;
    Vps owner;
    Vps mallory;
    ServerSocket door;
    AddressGuard guard;

    @BeforeEach
    void network() throws IOException {
        door = new ServerSocket(0);
        lab = Lab.create();
        Command.attempt(List.of("nft", "flush", "ruleset"));
        owner = lab.vps("vps-1", OWNER);
        mallory = lab.vps("vps-2", MALLORY);
        run("ip", "route", "add", "203.0.113.0/24", "dev", "eth0");
        take(owner);
        guard = guard(GuardScope.PUBLIC_ONLY);
    }

    @AfterEach
    void remove() throws IOException {
        door.close();
        guards.forEach(AddressGuard::close);
        Command.attempt(List.of("nft", "flush", "ruleset"));
        lab.close();
    }

    AddressGuard guard(GuardScope scope) {
        return guard(scope, Optional.empty());
    }

    AddressGuard guard(HostTools tools) {
        return guard(GuardScope.PUBLIC_ONLY, Optional.empty(), tools);
    }

    AddressGuard guard(GuardScope scope, Optional<InterfaceName> bridge) {
        return guard(scope, bridge, TOOLS);
    }

    AddressGuard guard(GuardScope scope, Optional<InterfaceName> bridge, HostTools tools) {
        AddressGuard made = new AddressGuard(
                new GuardSettings(scope, bridge, ETH0),
                () -> GuardPlan.of(decided, scope),
                tools,
                noted,
                Clock.systemUTC());
        guards.add(made);
        return made;
    }

    /** The address on a VPS's NIC, as somebody with root there would set it. */
    static void take(Vps vps) {
        vps.exec("ip", "address", "add", ADDRESS + "/24", "dev", "eth0");
        vps.exec("ip", "route", "add", "10.15.3.0/24", "dev", "eth0", "src", ADDRESS);
    }

    /** Whether a connection comes about, and so packets go both ways. Waits 20 s where none does. */
    boolean reachesGateway(Vps vps) {
        return connects(vps, 20);
    }

    /** Whether no connection comes about in 3 s, in which the kernel tries twice. */
    boolean isShutOut(Vps vps) {
        return !connects(vps, 3);
    }

    private boolean connects(Vps vps, int seconds) {
        String connect = "exec 3<>/dev/tcp/10.15.3.1/" + door.getLocalPort();
        return vps.exec("sh", "-c", "timeout " + seconds + " bash -c '" + connect + "' 2>&1 && echo through || true")
                .contains("through");
    }

    static String run(String... command) {
        return Command.run(List.of(command));
    }

    void decide(Allocation... held) {
        decided.clear();
        decided.addAll(List.of(held));
    }

    void publish() throws Exception {
        guard.publish().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    List<GuardDamage> check() throws Exception {
        return guard.check().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    static String neighbour() {
        return run("ip", "neigh", "show", ADDRESS);
    }

    static Allocation toOwner() {
        return Held.publicly("vps-1", ADDRESS, OWNER);
    }
}
