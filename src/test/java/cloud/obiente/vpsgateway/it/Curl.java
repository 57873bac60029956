package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The program curl against the gateway of this namespace, with the secret. For one thread. */
final class Curl {
    static final String SERVICE = "obiente.cloud.vpsgateway.v1.VPSGatewayService";

    private static final String URL = "http://127.0.0.1:" + GatewayProcess.GRPC_PORT + "/";
    private static final String SECRET = "x-api-secret: " + GatewayProcess.SECRET;

    private final Path files;

    /** @param name of the directory that its files go to */
    Curl(String name) {
        files = Sandbox.directory(name);
    }

    /** What was answered; the body as it came. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Answer(int status, String httpVersion, List<String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        JsonObject json() {
            return new JsonObject(text());
        }

        /** A header's or trailer's value. */
        Optional<String> header(String name) {
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }

        Answer assertRefused(int httpStatus, String code) {
            assertThat(status).as(text()).isEqualTo(httpStatus);
            assertThat(header("content-type")).contains("application/json");
            assertThat(json().getString("code")).isEqualTo(code);
            return this;
        }
    }

    /** JSON to a method, over HTTP/1.1 unless the options say otherwise. */
    Answer post(String method, String json, String... options) {
        return call(method, options, "--header", "content-type: application/json", "--data-binary", json);
    }

    /** Any request to a method, with the secret. */
    Answer call(String method, String[] more, String... options) {
        List<String> all = new ArrayList<>(List.of("--header", SECRET));
        all.addAll(List.of(options));
        all.addAll(List.of(more));
        return fetch(SERVICE + "/" + method, all.toArray(String[]::new));
    }

    /** Any request at all. */
    Answer fetch(String path, String... options) {
        Command.Result result = Command.attempt(command(path, options));
        assertThat(result.exitCode()).as(result.output()).isZero();
        return answer(result.output());
    }

    /** A file that holds these bytes, for options such as {@code --data-binary @FILE}. */
    Path file(String name, byte[] content) {
        try {
            return Files.write(files.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command(String path, String... options) {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
        command.addAll(List.of("--dump-header", files.resolve("head").toString()));
        command.addAll(List.of("--output", files.resolve("body").toString()));
        command.addAll(List.of("--write-out", "%{http_code} %{http_version}"));
        command.addAll(List.of(options));
        command.add(URL + path);
        return command;
    }

    private Answer answer(String written) {
        String[] statusAndVersion = written.strip().split(" ");
        try {
            return new Answer(
                    Integer.parseInt(statusAndVersion[0]),
                    statusAndVersion[1],
                    Files.readAllLines(files.resolve("head")),
                    Files.readAllBytes(files.resolve("body")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
