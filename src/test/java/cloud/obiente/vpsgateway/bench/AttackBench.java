package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.attack.port.Attackers;
import cloud.obiente.vpsgateway.attack.port.PortAttack;
import cloud.obiente.vpsgateway.it.OrdinaryWork;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * What unauthenticated peers at the ports cost an API: how long its calls take alone, and beside each kind of attack. Attackers, callers
 * and gateway share the machine's cores.
 */
class AttackBench {
    private static final int MAX_HELD = 16_800;
    private static final long MILLIS = 10_000;
    private static final double P99 = 0.99;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Test
    void callsBesideEachKindOfAttack() {
        try (Lab lab = Lab.create();
                GatewayProcess gateway = GatewayProcess.start(GatewayProcess.settings(
                                Sandbox.directory("bench-attack").resolve("state")))
                        .awaitReady();
                Attackers attackers = new Attackers(MAX_HELD)) {
            // The compilers have done their work by then.
            measure(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2 * MILLIS)));
            print("nothing", measure(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MILLIS))));
            List<PortAttack> kinds = Attackers.all().toList();
            for (PortAttack kind : kinds) {
                print(kind.toString(), measure(() -> attackers.attack(kind, MILLIS)));
            }
            Figures.print(
                    format("resident after %d kinds of attack", kinds.size()),
                    format("%.0f MiB", Processes.residentKilobytes(gateway.pid()) / 1024.0),
                    "&lt; 200 MiB");
            assertThat(gateway.isAlive()).isTrue();
        }
    }

    private static OrdinaryWork measure(Runnable meanwhile) {
        try (OrdinaryWork work = new OrdinaryWork(TIMEOUT).start()) {
            meanwhile.run();
            return work;
        }
    }

    private static void print(String what, OrdinaryWork work) {
        Figures.print(
                "calls beside: " + what,
                format(
                        "p50 %.1f ms, p99 %.1f ms, %s answered; probes p99 %.1f ms, %s",
                        Figures.median(work.calls.millis()),
                        Figures.percentile(work.calls.millis(), P99),
                        work.calls,
                        Figures.percentile(work.probes.millis(), P99),
                        work.probes),
                "99 %");
    }
}
