package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.cli.CommandLineRunner;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Locale;

/**
 * The program. Without arguments, or with {@code serve}, it is the gateway; everything else is a command that prints and
 * ends. Which of the two is decided before any class of Quarkus, Netty or a log is loaded: commands take no port, and are
 * there at once.
 */
@QuarkusMain
public final class Main {
    private static final String SERVE = "serve";

    private Main() {}

    public static void main(String... args) {
        // Numbers in log lines, and whatever libraries write, do not depend on the host's language.
        Locale.setDefault(Locale.ROOT);
        if (args.length == 0 || args.length == 1 && args[0].equals(SERVE)) {
            GatewayApplication.serve();
        } else {
            System.exit(CommandLineRunner.run(args));
        }
    }
}
