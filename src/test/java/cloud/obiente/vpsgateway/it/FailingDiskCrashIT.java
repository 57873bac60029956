package cloud.obiente.vpsgateway.it;

import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.Seed;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Killed while its disk is full, read-only, or it has no file descriptors left: what it has answered is there. */
class FailingDiskCrashIT {
    private static final int CYCLES = Effort.of(6, 60);
    private static final int MAX_ANSWERS = 40;
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final World world = World.create("failing-disk");
    private SmallDisk disk;

    /** What goes wrong before the kill. */
    private enum Trouble {
        FULL,
        READ_ONLY,
        NO_DESCRIPTORS
    }

    @BeforeEach
    void start() {
        disk = SmallDisk.at(world.files().databaseFile().getParent());
        world.start();
    }

    @AfterEach
    void stop() {
        world.close();
        disk.close();
    }

    @Test
    void everyAnsweredChangeSurvivesAKillInTrouble() {
        Random random = Seed.random(FailingDiskCrashIT.class);
        Ledger ledger = new Ledger();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            Trouble trouble = Trouble.values()[cycle % Trouble.values().length];
            // Given
            try (MixedLoad load = new MixedLoad(world.api(), ledger, random).start()) {
                load.awaitAnswers(1 + random.nextInt(MAX_ANSWERS));
                begin(trouble, load);
                int enough = ledger.answers() + random.nextInt(MAX_ANSWERS);
                await(trouble + " noticed, or as much answered as before")
                        .atMost(TIMEOUT)
                        .until(() -> !load.isServed() || ledger.answers() >= enough);

                // When
                world.gateway().kill9();
            }
            end(trouble);
            world.start();

            // Then
            ledger.settle(world.assertEverythingAgrees());
        }
    }

    private void begin(Trouble trouble, MixedLoad load) {
        switch (trouble) {
            case FULL -> disk.fill();
            // At the moment of an abort ext4 may confirm an fsync(2) that it has not done (seen in 2 of 25 tries by a
            // program that
            // does nothing but write and fsync): no gateway could keep what was answered then.
            case READ_ONLY -> load.betweenCalls(disk::turnReadOnly);
            case NO_DESCRIPTORS -> {
                long open = world.gateway().descriptors();
                Command.run(List.of(
                        "prlimit", "--pid", String.valueOf(world.gateway().pid()), "--nofile=" + open + ":" + open));
            }
        }
    }

    /** The gateway has been killed; its limits have gone with it. */
    private void end(Trouble trouble) {
        switch (trouble) {
            case FULL -> disk.empty();
            case READ_ONLY -> {
                await("nobody uses the disk")
                        .until(() -> Programs.dnsmasqsOf(world.files()).isEmpty());
                disk.mend();
            }
            case NO_DESCRIPTORS -> {}
        }
    }
}
