package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Seed;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Everything is done to every child, in any order: what it is there for comes back each time, by itself, and the gateway does
 * not say that it serves while it does not.
 */
class ChaosIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final Ipv4Address PUBLIC = Ipv4Address.parse("203.0.113.7");
    private static final Duration LASTS = Duration.ofMinutes(Effort.of(1, 5));

    /** The promise is 1 s, and 6 s for one that is stopped; a busy machine may need longer. */
    private static final Duration BACK = Duration.ofSeconds(30);

    /** The promise is 2 s. */
    private static final Duration GREENER = Duration.ofSeconds(5);

    /** Three seconds of nothing else, in four threads. */
    private static final String FLOOD = """
            import socket,threading,time
            end=time.time()+3
            def ask():
                s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
                q=b'\\0\\1\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\5flood\\3vps\\5local\\0\\0\\1\\0\\1'
                while time.time()<end: s.sendto(q,('%s',53))
            t=[threading.Thread(target=ask) for _ in range(4)]
            [x.start() for x in t]; [x.join() for x in t]""";

    private enum Child {
        DNSMASQ("dnsmasq"),
        MONITOR("nft"),
        SIGNALLING_SHELL("dash|sh|bash|busybox");

        private final String programs;

        Child(String programs) {
            this.programs = programs;
        }

        Optional<ProcessHandle> in(World world) {
            return world.gateway().children().stream()
                    .filter(process -> process.info()
                            .command()
                            .map(path -> programs.contains(
                                    Path.of(path).getFileName().toString()))
                            .orElse(false))
                    .findFirst();
        }
    }

    private record Act(Child child, Optional<ChildAbuse> abuse) {
        @Override
        public String toString() {
            return abuse.map(Enum::name).orElse("FLOOD") + " of " + child;
        }
    }

    private final World world = World.create("chaos");
    private final Random random = Seed.random(ChaosIT.class);
    private int names;

    @AfterEach
    void stop() {
        world.close();
        Command.attempt(List.of("nft", "flush", "ruleset"));
    }

    @Test
    void whateverIsDoneToTheChildrenTheyServeAgain() {
        // Given: the next comparison of rules is ten minutes away
        world.with("GATEWAY_RECONCILE_INTERVAL", "10m").start();
        world.api().assignPublic("guarded", MacAddress.parse("02:00:00:00:00:77"), PUBLIC);
        world.api().allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        awaitWhole(vps, "the start");
        long end = System.nanoTime() + LASTS.toNanos();

        // When
        try (ClientExperience experience = ClientExperience.of(world.gateway(), GREENER)) {
            do {
                for (Act act : everything()) {
                    System.out.println("chaos: " + act);
                    commit(act, vps);
                    awaitWhole(vps, act.toString());
                }
            } while (System.nanoTime() - end < 0);

            // Then
            assertThat(experience.lies()).isEmpty();
        }
        assertThat(world.gateway().isReady()).isTrue();
    }

    private List<Act> everything() {
        List<Act> acts = new ArrayList<>();
        for (Child child : Child.values()) {
            acts.add(new Act(child, Optional.empty()));
            Arrays.stream(ChildAbuse.values()).map(Optional::of).forEach(abuse -> acts.add(new Act(child, abuse)));
        }
        Collections.shuffle(acts, random);
        return acts;
    }

    private void commit(Act act, Vps vps) {
        if (act.abuse().isEmpty()) {
            flood(act.child(), vps);
            return;
        }
        ProcessHandle gateway =
                ProcessHandle.of(world.gateway().pid()).orElseThrow(() -> new AssertionError("the gateway is gone"));
        // One that has just been replaced may not be there yet; the shell is there from the first change on.
        ProcessHandle child = await(act.toString())
                .until(() -> act.child().in(world), Optional::isPresent)
                .orElseThrow();
        act.abuse().get().on(child, gateway);
    }

    /** More of what it is there for than it can do. */
    private void flood(Child child, Vps vps) {
        switch (child) {
            case DNSMASQ -> vps.exec("python3", "-c", FLOOD.replace("%s", Lab.GATEWAY.toString()));
            case MONITOR ->
                Command.run(List.of(
                        "/bin/sh",
                        "-c",
                        "for i in 1 2 3 4 5 6 7 8 9 10; do nft 'add table ip flood; add chain ip flood c; add rule ip flood"
                                + " c accept; delete table ip flood'; done"));
            case SIGNALLING_SHELL -> {
                for (int i = 0; i < 50; i++) {
                    world.api().allocate("brief", MacAddress.parse("02:00:00:00:00:55"));
                    world.api().release("brief");
                }
            }
        }
    }

    /** A new name resolves, the VPS gets its address, and the guard is mended when its rules are taken away. */
    private void awaitWhole(Vps vps, String after) {
        String name = "name-" + ++names;
        Ipv4Address given = world.api().allocate(name);
        await("DNS after " + after)
                .atMost(BACK)
                .until(() -> world.lab().dig(name + ".vps.local").addresses(), List.of(given)::equals);
        await("DHCP after " + after).atMost(BACK).until(() -> vps.boot().map(VpsLease::address), Optional::isPresent);
        Command.run(List.of("nft", "flush", "ruleset"));
        await("guard after " + after).atMost(BACK).until(() -> Command.run(List.of("nft", "list", "ruleset"))
                .contains(PUBLIC.toString()));
        world.api().release(name);
    }
}
