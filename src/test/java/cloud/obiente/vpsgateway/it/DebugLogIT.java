package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.net.MacAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator sees who debugs, as docs/debugging.md says. */
class DebugLogIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final String CHOICE = "address for vps-1 (MAC 02:00:00:00:00:01)";
    private static final String RELOAD = "dnsmasq has read the host files after";
    /** A line of a framework: at this level, of a category that is not ours. */
    private static final String FRAMEWORK = "(?m)^.* DEBUG +\\[(io|org|com)\\..*$";

    private final World world = World.create("debug-log");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void debugShowsOurDecisionsAndLeavesTheFrameworksQuiet() {
        world.with("LOG_LEVEL", "debug").start();

        world.api().allocate("vps-1", MAC);

        await().until(() -> world.gateway().output().contains(RELOAD));
        assertThat(world.gateway().output())
                .contains(CHOICE, "next free address of the pool", "AllocateIP by ", "host files written")
                .containsPattern("DEBUG +\\[dnsmasq\\]")
                .doesNotContainPattern(FRAMEWORK);
    }

    @Test
    void traceAddsTheFrameworks() {
        world.with("LOG_LEVEL", "trace").start();

        world.api().allocate("vps-1", MAC);

        await().until(() -> world.gateway().output().contains(CHOICE));
        assertThat(world.gateway().output()).containsPattern(FRAMEWORK);
    }

    @Test
    void oneCategoryCanBeDebuggedAlone() {
        world.with("QUARKUS_LOG_CATEGORY__CLOUD_OBIENTE_VPSGATEWAY_IPAM__LEVEL", "DEBUG")
                .start();

        world.api().allocate("vps-1", MAC);

        await().until(() -> world.gateway().output().contains(CHOICE));
        assertThat(world.gateway().output()).doesNotContain(RELOAD);
    }
}
