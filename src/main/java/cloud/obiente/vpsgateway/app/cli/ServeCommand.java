package cloud.obiente.vpsgateway.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Here for its help only: the gateway is started before commands are looked at, and takes no arguments. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "Runs the gateway until it is told to stop (SIGTERM). The same as no command at all.",
            "",
            "Everything is set by variables of the environment: docs/configuration.md. Exit codes: 0 after SIGTERM; 78 for"
                    + " wrong settings; 1 when it could not start for another reason."
        })
final class ServeCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "serve takes no arguments; its settings are variables");
    }
}
