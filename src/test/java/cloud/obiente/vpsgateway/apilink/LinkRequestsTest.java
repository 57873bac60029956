package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener.RequestOutcome;
import cloud.obiente.vpsgateway.apilink.LinkCloseReason.Cause;
import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import cloud.obiente.vpsgateway.apilink.UnaryCalls.Reply;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an API instance asks for over its link. */
class LinkRequestsTest {
    private static final ByteString NOTHING = ByteString.EMPTY;

    private final LinkFixture fixture = new LinkFixture();
    private Peer api;

    @BeforeEach
    void connect() {
        api = fixture.register("api-1", "node-1");
    }

    @Test
    void requestsRunSideBySideAndAreAnsweredInAnyOrder() {
        api.ask("a", "AllocateIP", ByteString.copyFromUtf8("one"));
        api.ask("b", "ListIPs", ByteString.copyFromUtf8("two"));
        assertThat(fixture.calls.started).extracting(call -> call.method).containsExactly("AllocateIP", "ListIPs");
        fixture.calls.started.get(1).answer(ByteString.copyFromUtf8("second"));
        fixture.calls.started.get(0).reply.complete(new Reply.Failed("NOT_FOUND: no such VPS"));
        assertThat(responses())
                .containsExactly(
                        GatewayResponse.newBuilder()
                                .setRequestId("b")
                                .setSuccess(true)
                                .setPayload(ByteString.copyFromUtf8("second"))
                                .build(),
                        GatewayResponse.newBuilder()
                                .setRequestId("a")
                                .setError("NOT_FOUND: no such VPS")
                                .build());
        assertThat(fixture.heard).containsExactly(RequestOutcome.DONE, RequestOutcome.FAILED);
    }

    @Test
    void theSixtyFifthAtOnceIsRefusedAndTheLinkGoesOn() {
        for (int i = 0; i <= LinkRequests.MAX_CONCURRENT; i++) {
            api.ask("r" + i, "AllocateIP", NOTHING);
        }
        assertThat(fixture.calls.started).hasSize(LinkRequests.MAX_CONCURRENT);
        assertThat(responses()).singleElement().satisfies(refused -> {
            assertThat(refused.getRequestId()).isEqualTo("r64");
            assertThat(refused.getError()).startsWith("RESOURCE_EXHAUSTED: ");
        });
        fixture.calls.started.get(5).answer(NOTHING);
        api.ask("again", "AllocateIP", NOTHING);
        assertThat(fixture.calls.started).hasSize(LinkRequests.MAX_CONCURRENT + 1);
        assertThat(api.end).isEmpty();
    }

    @Test
    void oneLinksRequestsAreNothingToAnother() {
        Peer other = fixture.register("api-2", "node-1");
        for (int i = 0; i < LinkRequests.MAX_CONCURRENT; i++) {
            api.ask("r" + i, "AllocateIP", NOTHING);
        }
        other.ask("mine", "AllocateIP", NOTHING);
        assertThat(fixture.calls.started).hasSize(LinkRequests.MAX_CONCURRENT + 1);
    }

    @Test
    void aRequestWithoutIdEndsThatLinkOnly() {
        Peer other = fixture.register("api-2", "node-1");
        api.ask("", "AllocateIP", NOTHING);
        assertThat(api.cause()).hasValue(Cause.MALFORMED);
        assertThat(other.end).isEmpty();
    }

    @Test
    void whatALinkAskedForIsGivenUpWithIt() {
        api.ask("a", "AllocateIP", NOTHING);
        api.events.lost("connection reset");
        assertThat(fixture.calls.started).singleElement().satisfies(call -> assertThat(call.cancelled)
                .isTrue());
        fixture.calls.started.get(0).answer(NOTHING);
        assertThat(responses()).isEmpty();
    }

    @Test
    void aSyncIsAnsweredBySyncResult() {
        SyncAllocationsRequest list = SyncAllocationsRequest.newBuilder()
                .addAllocations(DesiredAllocation.newBuilder().setVpsId("vps-1"))
                .build();
        api.say(GatewayMessage.newBuilder()
                .setType("sync_allocations")
                .setSyncAllocations(list)
                .build());
        assertThat(fixture.calls.started).singleElement().satisfies(call -> {
            assertThat(call.method).isEqualTo("sync of api-1 (node-1)");
            assertThat(call.request).isEqualTo(list.toByteString());
        });
        SyncAllocationsResponse result = SyncAllocationsResponse.newBuilder()
                .setSuccess(true)
                .setAdded(1)
                .build();
        fixture.calls.started.get(0).reply.complete(new Reply.Synced(result));
        assertThat(api.received("sync_result"))
                .extracting(GatewayMessage::getSyncResult)
                .containsExactly(result);
    }

    @Test
    void aRefusedSyncSaysWhy() {
        api.say(GatewayMessage.newBuilder()
                .setType("sync_allocations")
                .setSyncAllocations(SyncAllocationsRequest.getDefaultInstance())
                .build());
        fixture.calls.started.get(0).reply.complete(new Reply.Failed("UNAVAILABLE: the disk is full"));
        assertThat(api.received("sync_result")).singleElement().satisfies(message -> {
            assertThat(message.getSyncResult().getSuccess()).isFalse();
            assertThat(message.getSyncResult().getMessage()).isEqualTo("UNAVAILABLE: the disk is full");
        });
    }

    @Test
    void aSyncWithoutAListReleasesNothing() {
        api.say("sync_allocations");
        assertThat(api.cause()).hasValue(Cause.MALFORMED);
        assertThat(fixture.calls.started).isEmpty();
    }

    @Test
    void whatCannotLeaveWaitsInItsOrder() {
        api.reading = false;
        api.ask("a", "ListIPs", NOTHING);
        api.ask("b", "ListIPs", NOTHING);
        fixture.calls.started.forEach(call -> call.answer(NOTHING));
        assertThat(responses()).isEmpty();
        api.readOn();
        assertThat(responses()).extracting(GatewayResponse::getRequestId).containsExactly("a", "b");
    }

    @Test
    void whoDoesNotReadIsSentAwayBeforeTooMuchWaits() {
        api.reading = false;
        ByteString large = ByteString.copyFrom(new byte[1 << 20]);
        for (int i = 0; i < 20 && api.end.isEmpty(); i++) {
            api.ask("r" + i, "ListIPs", NOTHING);
            fixture.calls.started.get(i).answer(large);
        }
        assertThat(api.cause()).hasValue(Cause.NOT_READING);
        assertThat(fixture.calls.started).hasSizeLessThan(18);
    }

    @Test
    void nothingIsAskedForWhileMuchIsBeingWorkedOn() {
        ByteString large = ByteString.copyFrom(new byte[4 << 20]);
        api.ask("a", "SyncAllocations", large);
        assertThat(api.asked).isEqualTo(3);
        api.ask("b", "SyncAllocations", large);
        assertThat(api.asked).isEqualTo(3);
        fixture.calls.started.get(0).answer(NOTHING);
        assertThat(api.asked).isEqualTo(4);
    }

    @Test
    void nothingIsAskedForWhileMuchWaitsToBeRead() {
        api.reading = false;
        api.ask("a", "ListIPs", NOTHING);
        fixture.calls.started.get(0).answer(ByteString.copyFrom(new byte[9 << 20]));
        int before = api.asked;
        api.say("heartbeat");
        assertThat(api.asked).isEqualTo(before);
        api.readOn();
        assertThat(api.asked).isEqualTo(before + 1);
    }

    @Test
    void aStoppingGatewayAnswersWhatItHasBegunAndBeginsNothing() {
        api.ask("a", "AllocateIP", NOTHING);
        fixture.links.drain();
        assertThat(api.end).isEmpty();
        api.ask("b", "AllocateIP", NOTHING);
        fixture.calls.started.get(0).answer(NOTHING);
        assertThat(responses())
                .extracting(GatewayResponse::getError)
                .satisfiesExactly(refused -> assertThat(refused).startsWith("UNAVAILABLE: "), none -> assertThat(none)
                        .isEmpty());
        assertThat(api.cause()).hasValue(Cause.STOPPING);
    }

    @Test
    void theStatusCountsWhatIsBeingWorkedOn() {
        api.ask("a", "ListIPs", NOTHING);
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.links.status().requestsRunning()).isEqualTo(1);
        fixture.calls.started.get(0).answer(NOTHING);
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.links.status().requestsRunning()).isZero();
    }

    private List<GatewayResponse> responses() {
        return api.received("response").stream()
                .map(GatewayMessage::getResponse)
                .toList();
    }
}
