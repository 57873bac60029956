package cloud.obiente.vpsgateway.it;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Tests that share one running gateway; the VPSs and allocations of a test are gone after it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OneGateway {
    final World world;
    Api api;

    /** @param world with its settings, not started yet */
    OneGateway(World world) {
        this.world = world;
    }

    @BeforeAll
    void startGateway() {
        world.start();
        api = world.api();
    }

    @AfterEach
    void tidy() {
        world.tidy();
    }

    @AfterAll
    void stop() {
        world.close();
    }
}
