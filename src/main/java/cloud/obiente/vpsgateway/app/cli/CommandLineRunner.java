package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.net.EscapedText;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;

/** Finds the command that the arguments name, runs it, and says how it ended. Stateless. */
public final class CommandLineRunner {
    private static final int WIDTH = 100;

    private CommandLineRunner() {}

    /**
     * Runs one command; what it prints goes to the standard streams.
     *
     * @return the exit code, one of {@link ExitCodes}
     */
    public static int run(String... args) {
        return commandLine(new Surroundings(System.getenv())).execute(args);
    }

    /** The commands, with the environment that they see. */
    static CommandLine commandLine(Surroundings surroundings) {
        CommandLine line = new CommandLine(new GatewayCommand(), new CommandFactory(surroundings));
        line.setUsageHelpWidth(WIDTH);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(CommandLineRunner::explain);
        line.setExecutionExceptionHandler(CommandLineRunner::report);
        return line;
    }

    /** A line about what is wrong, the nearest names that are right, and where to read on; not the whole help. */
    private static int explain(CommandLine.ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter errors = command.getErr();
        errors.println("vps-gateway: " + EscapedText.singleLine(wrong.getMessage()));
        CommandLine.UnmatchedArgumentException.printSuggestions(wrong, errors);
        errors.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCodes.WRONG_ARGUMENTS;
    }

    private static int report(Exception fault, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (!(fault instanceof CommandFailedException failed)) {
            throw fault;
        }
        command.getErr().println("vps-gateway: " + EscapedText.singleLine(failed.getMessage()));
        return failed.exitCode();
    }

    /**
     * What a command can see of the process that it runs in.
     *
     * @param environment its variables
     */
    record Surroundings(Map<String, String> environment) {
        Surroundings {
            environment = Map.copyOf(environment);
        }
    }
}
