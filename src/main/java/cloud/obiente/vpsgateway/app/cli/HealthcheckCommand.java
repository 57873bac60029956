package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.app.config.Variable;
import cloud.obiente.vpsgateway.app.config.WrittenSettings;
import cloud.obiente.vpsgateway.net.EscapedText;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Asks the management port as a monitor would. By a socket: the JDK's HTTP client would take longer to load than the gateway
 * takes to answer.
 */
@Command(
        name = "healthcheck",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "Asks the running gateway whether it is alive; for containers (HEALTHCHECK) and scripts.",
            "",
            "It goes to the management port (GATEWAY_METRICS_HOST, GATEWAY_METRICS_PORT) of this host. Exit codes: 0, it is;"
                    + " 1, it is not, or does not answer."
        })
final class HealthcheckCommand implements Callable<Integer> {
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final String EVERYWHERE = "0.0.0.0";
    private static final String LOOPBACK = "127.0.0.1";

    @Mixin
    private EnvironmentOptions environment;

    @Option(names = "--ready", description = "Ask whether it serves VPSs now, not only whether it is alive.")
    private boolean ready;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "4",
            description = "How long to wait for the answer; default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        WrittenSettings written = environment.settings();
        String host = written.effective(Variable.GATEWAY_METRICS_HOST).orElseThrow();
        String port = written.effective(Variable.GATEWAY_METRICS_PORT).orElseThrow();
        String where = (host.equals(EVERYWHERE) ? LOOPBACK : host) + ":" + port;
        String path = ready ? "/health/ready" : "/health/live";
        try {
            String answer = get(where, path);
            if (answer.startsWith("HTTP/1.1 200 ")) {
                return ExitCodes.OK;
            }
            spec.commandLine()
                    .getErr()
                    .println("http://" + where + path + " says: "
                            + EscapedText.singleLine(answer.substring(answer.indexOf("\r\n\r\n") + 4)));
        } catch (IOException | RuntimeException silent) {
            spec.commandLine()
                    .getErr()
                    .println("http://" + where + path + " does not answer: "
                            + EscapedText.singleLine(String.valueOf(silent.getMessage())));
        }
        return ExitCodes.BAD_NEWS;
    }

    private String get(String where, String path) throws IOException {
        int colon = where.lastIndexOf(':');
        int millis = Math.multiplyExact(timeoutSeconds, 1000);
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(where.substring(0, colon), Integer.parseInt(where.substring(colon + 1))),
                    millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + where + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            return new String(answer.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
        }
    }
}
