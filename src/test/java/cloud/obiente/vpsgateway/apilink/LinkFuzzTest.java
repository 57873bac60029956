package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.v1.GatewayMessage;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an API instance may say, as none does. An input is a row of messages, each behind its length. */
class LinkFuzzTest {
    private static final int REQUESTS_AT_ONCE = 64;

    @FuzzTest
    void whatOneLinkSaysHurtsNoOther(byte[] input) throws IOException {
        LinkFixture fixture = new LinkFixture();
        LinkFixture.Peer neighbour = fixture.register("neighbour", "node-1");
        LinkFixture.Peer peer = fixture.connect("10.0.0.2");

        for (GatewayMessage message : messages(input)) {
            if (peer.end.isEmpty()) {
                peer.say(message);
            }
        }
        fixture.pass(Duration.ofSeconds(1));

        assertThat(fixture.calls.started).hasSizeLessThanOrEqualTo(REQUESTS_AT_ONCE);
        if (neighbour.cause().equals(Optional.of(LinkCloseReason.Cause.REPLACED))) {
            return;
        }
        assertThat(neighbour.end).isEmpty();
        neighbour.ask("r", "ListIPs", ByteString.EMPTY);
        fixture.calls.started.get(fixture.calls.started.size() - 1).answer(ByteString.EMPTY);
        assertThat(neighbour.received("response")).hasSize(1);
    }

    private static List<GatewayMessage> messages(byte[] input) throws IOException {
        List<GatewayMessage> messages = new ArrayList<>();
        InputStream in = new ByteArrayInputStream(input);
        try {
            for (GatewayMessage next = GatewayMessage.parseDelimitedFrom(in);
                    next != null;
                    next = GatewayMessage.parseDelimitedFrom(in)) {
                messages.add(next);
            }
        } catch (InvalidProtocolBufferException noMessage) {
            // What cannot be read ends a stream before it gets here.
            return messages;
        }
        return messages;
    }
}
