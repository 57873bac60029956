package cloud.obiente.vpsgateway.habits;

import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** Leaves out what takes long, unless {@code -Deffort=whole} asks for it. */
final class WholeEffortOnly implements SkipExecutionHook {
    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
        return "whole".equals(System.getProperty("effort"))
                ? SkipResult.doNotSkip()
                : SkipResult.skip("takes long: -Deffort=whole");
    }
}
