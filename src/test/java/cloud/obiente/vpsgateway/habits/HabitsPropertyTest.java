package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.habits.HabitsWorld.Setup;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** With one database; and with any, of which a few are always tried. */
class HabitsPropertyTest extends AnySequence {
    @Tag("slow")
    @Property(tries = 6_000)
    void oneApi(@ForAll("oneDatabase") Setup setup, @ForAll("steps") List<Step> steps) {
        assertKept(setup, steps);
    }

    @Property(tries = 300)
    void aFewOfAnyApis(@ForAll("anyDatabases") Setup setup, @ForAll("steps") List<Step> steps) {
        assertKept(setup, steps);
    }

    @Tag("slow")
    @AddLifecycleHook(WholeEffortOnly.class)
    @Property(tries = 100_000)
    void anyApis(@ForAll("anyDatabases") Setup setup, @ForAll("steps") List<Step> steps) {
        assertKept(setup, steps);
    }
}
