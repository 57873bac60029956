package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import io.grpc.Status;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/** ProxySSH over the Connect protocol, or over gRPC by the same client. */
final class ConnectSshWire implements SshWire {
    private final ConnectStream stream;

    ConnectSshWire(ConnectClient client, StreamProtocol protocol, Events events) {
        stream = client.stream(protocol, "ProxySSH", ProxySSHResponse.parser(), events::onMessage)
                .join();
        stream.pause();
        stream.onDrained(events::onReady);
        CompletionStage<String> end = stream.end();
        end.whenComplete(
                (json, broken) -> events.onEnd(broken == null ? status(json) : Status.UNAVAILABLE.withCause(broken)));
    }

    private static Status status(String endOfStream) {
        JsonObject error = new JsonObject(endOfStream).getJsonObject("error");
        return error == null
                ? Status.OK
                : Status.Code.valueOf(error.getString("code").toUpperCase(Locale.ROOT))
                        .toStatus()
                        .withDescription(error.getString("message"));
    }

    @Override
    public void send(ProxySSHRequest message) {
        stream.send(message);
    }

    @Override
    public boolean isReady() {
        return !stream.isFull();
    }

    @Override
    public void request(int messages) {
        stream.resume();
    }

    @Override
    public void halfClose() {
        stream.halfClose();
    }

    @Override
    public void cancel() {
        stream.reset();
    }
}
