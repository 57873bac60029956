package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An {@link ApiInstance} that is a program, so that it can be killed. It does what it is told by lines, and tells by lines what
 * came of it; messages are in Base64. It ends with its input.
 *
 * <pre>
 * register                     registered
 * sync LIST
 * request ID METHOD PAYLOAD    answer ID RESPONSE
 * </pre>
 */
final class ApiProgram {
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);

    private ApiProgram() {}

    /** Arguments: the gateway's URI, the secret, the id of this instance, the node's name. */
    public static void main(String... arguments) throws IOException {
        new ApiProgram().run(arguments);
    }

    /** Nobody answers what the gateway asks, so that there are always questions pending. */
    private void run(String... arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        if (in.readLine() == null) {
            return;
        }
        try (ApiInstance api = new ApiInstance(
                URI.create(arguments[0]), arguments[1], arguments[2], arguments[3], question -> Optional.empty())) {
            api.awaitRegistered();
            out.println("registered");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                obey(api, line.split(" ", -1));
            }
        }
    }

    private void obey(ApiInstance api, String... words) throws InvalidProtocolBufferException {
        switch (words[0]) {
            case "sync" -> api.sync(listIn(words[1]));
            case "request" -> {
                CompletableFuture<Void> unused = api.request(words[2], ByteString.copyFrom(decode(words[3])))
                        .thenAccept(response -> out.println("answer " + words[1] + " " + encode(response)));
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static List<DesiredAllocation> listIn(String word) throws InvalidProtocolBufferException {
        return SyncAllocationsRequest.parseFrom(decode(word)).getAllocationsList();
    }

    static String encode(MessageLite message) {
        return Base64.getEncoder().encodeToString(message.toByteArray());
    }

    static byte[] decode(String word) {
        return Base64.getDecoder().decode(word);
    }
}
