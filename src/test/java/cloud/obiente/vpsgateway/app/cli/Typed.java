package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.app.cli.CommandLineRunner.Surroundings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/**
 * A command as somebody types it, and what came of it.
 *
 * @param exitCode of the program
 * @param output its standard output
 * @param errors its standard error
 */
record Typed(int exitCode, String output, String errors) {

    static Typed in(Map<String, String> environment, String... args) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        CommandLine line = CommandLineRunner.commandLine(new Surroundings(environment));
        line.setOut(new PrintWriter(output, true));
        line.setErr(new PrintWriter(errors, true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int exitCode = line.execute(args);
        return new Typed(exitCode, output.toString(), errors.toString());
    }

    static Typed command(String... args) {
        return in(Map.of(), args);
    }
}
