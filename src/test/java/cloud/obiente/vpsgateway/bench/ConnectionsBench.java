package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.it.LonelySession;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Memory while SSH sessions come and go, each on a connection that its caller never closes; with the default settings. */
class ConnectionsBench {
    private static final int SESSIONS = 20_000;
    private static final int LIVE = 100;
    /** The heap has grown to its limit by then, and the places are taken. */
    private static final int WARM_UP = 10_000;

    /** More than the gateway has places for one address: what is older has been ended by it, and costs only this process. */
    private static final int KEPT = 5_000;

    private static final int STEP = 2_500;
    private static final long MAX_GROWTH_KILOBYTES = 20 << 10;

    @Test
    void residentStaysFlatAndTheLiveOnesStay() throws IOException {
        Map<String, String> settings =
                GatewayProcess.settings(Sandbox.directory("bench-connections").resolve("state"));
        settings.put("GATEWAY_SSH_ALLOWED_TARGETS", "127.0.0.0/8");
        settings.put("GATEWAY_SSH_ALLOWED_PORTS", "1-65535");
        Deque<LonelySession> forgotten = new ArrayDeque<>();
        List<LonelySession> live = new ArrayList<>();
        try (Lab lab = Lab.create();
                FakeVps echo = FakeVps.echo();
                GatewayProcess gateway = GatewayProcess.start(settings).awaitReady()) {
            for (int i = 0; i < LIVE; i++) {
                live.add(LonelySession.open(echo.port()));
            }
            long warm = 0;
            long most = 0;
            for (int i = 1; i <= SESSIONS; i++) {
                LonelySession session = LonelySession.open(echo.port());
                session.finish();
                forgotten.add(session);
                if (forgotten.size() > KEPT) {
                    forgotten.remove().close();
                }
                if (i % STEP == 0) {
                    long resident = Processes.residentKilobytes(gateway.pid());
                    Figures.print(
                            format("resident after %,d sessions whose connections stay open", i),
                            format("%.0f MiB", resident / 1024.0),
                            "flat");
                    warm = i == WARM_UP ? resident : warm;
                    most = Math.max(most, resident);
                }
            }
            for (LonelySession session : live) {
                session.echo();
            }
            Figures.print("of " + LIVE + " sessions that went on meanwhile, lost", "0", "0");
            assertThat(most - warm).isLessThan(MAX_GROWTH_KILOBYTES);
        } finally {
            for (LonelySession session : live) {
                session.close();
            }
            for (LonelySession session : forgotten) {
                session.close();
            }
        }
    }
}
