package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import cloud.obiente.vpsgateway.control.Json;
import cloud.obiente.vpsgateway.net.EscapedText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks the gateway, or its files where none runs, and prints the answer for people or for programs. */
abstract class GatewayQuestion implements Callable<Integer> {
    @Mixin
    private GatewayOptions gateway;

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public final Integer call() {
        Optional<Object> live = gateway.ask(request());
        if (live.isEmpty()) {
            errors().println("no gateway runs on "
                    + EscapedText.singleLine(gateway.stateDirectory().toString()) + "; this is what its files say");
        }
        Tree answer = new Tree(live.orElseGet(() -> fromFiles(new OfflineState(gateway.stateDirectory()))));
        if (json) {
            printJson(answer);
        } else {
            print(answer, output());
        }
        output().flush();
        return exitCode(answer);
    }

    abstract ControlRequest request();

    /** @throws CommandFailedException when only a running gateway can tell */
    Object fromFiles(OfflineState files) {
        throw new CommandFailedException("no gateway runs on " + files.directory() + ", and only a running one knows");
    }

    abstract void print(Tree answer, PrintWriter out);

    int exitCode(Tree answer) {
        return ExitCodes.OK;
    }

    final GatewayOptions gateway() {
        return gateway;
    }

    final PrintWriter output() {
        return spec.commandLine().getOut();
    }

    final PrintWriter errors() {
        return spec.commandLine().getErr();
    }

    private void printJson(Tree answer) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            Json.writeIndented(answer.value(), text);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        output().print(text.toString(StandardCharsets.US_ASCII));
    }
}
