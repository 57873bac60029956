package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.habits.HabitsWorld.Setup;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** With two databases. A class of its own, so that another JVM can run it beside the rest. */
@Tag("slow")
class TwoApisPropertyTest extends AnySequence {
    @Property(tries = 4_000)
    void twoApis(@ForAll("twoDatabases") Setup setup, @ForAll("steps") List<Step> steps) {
        assertKept(setup, steps);
    }
}
