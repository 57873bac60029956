package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.attack.port.Attackers;
import cloud.obiente.vpsgateway.lab.Effort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every kind of attack on the ports by somebody without the secret, beside the work that a gateway is for, which must go on:
 * one gateway, which is never restarted and does not grow.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PortAttackIT {
    private static final int MILLIS = Effort.of(1_500, 13_000);
    private static final int MAX_HELD = Effort.of(4_000, 16_800);
    private static final int COPY_BYTES = 8 << 20;
    /** What a probe is given; more on a machine that has other things to do. */
    private static final Duration TIMEOUT = Duration.ofSeconds(Effort.of(10, 1));

    private static final double MIN_SHARE = 0.99;
    /** 202 MiB after 30 kinds in a row were measured; an attack that memory follows takes more within seconds. */
    private static final long MAX_RESIDENT_KILOBYTES = 256 << 10;

    private final World world = World.create("port-attack");
    private final BastionClient people = BastionClient.of(world, "port-attack-people");
    private List<String> scp;
    private Attackers attackers;

    @BeforeAll
    void start() throws IOException {
        Path key = people.key("key");
        people.authorize(BastionClient.line(key));
        world.start();
        people.startVps();
        scp = people.person(key)
                .throughBastion(
                        "scp",
                        RandomFile.write(people.file("sent"), COPY_BYTES).toString(),
                        "root@" + BastionClient.VPS + ":" + people.file("there"));
        attackers = new Attackers(MAX_HELD);
    }

    @AfterAll
    void stop() {
        attackers.close();
        world.close();
    }

    @TestFactory
    Stream<DynamicTest> ordinaryWorkGoesOnBeside() {
        return Attackers.all()
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (OrdinaryWork work = new OrdinaryWork(TIMEOUT).start().copy(scp)) {
                        // When
                        attackers.attack(kind, MILLIS);

                        // Then
                        work.close();
                        assertThat(world.gateway().isAlive())
                                .as(() -> "alive\n" + world.gateway().output())
                                .isTrue();
                        assertThat(work.dns.share()).as("DNS: %s", work.dns).isGreaterThanOrEqualTo(MIN_SHARE);
                        assertThat(work.calls.share())
                                .as("calls: %s", work.calls)
                                .isGreaterThanOrEqualTo(MIN_SHARE);
                        assertThat(work.probes.share())
                                .as("probes: %s", work.probes)
                                .isGreaterThanOrEqualTo(MIN_SHARE);
                        assertThat(work.copies.share())
                                .as("copies: %s", work.copies)
                                .isGreaterThanOrEqualTo(MIN_SHARE);
                        assertThat(world.gateway().residentKilobytes()).isLessThan(MAX_RESIDENT_KILOBYTES);
                    }
                }));
    }

    @AfterEach
    void theSameGatewayRuns() {
        assertThat(world.gateway().isReady()).isTrue();
        assertThat(world.gateway().output()).doesNotContain("OutOfMemory");
    }
}
