package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.LinkCloseReason.Cause;
import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is connected, from the first message to the last. */
class ApiLinksTest {
    private final LinkFixture room = new LinkFixture();

    @Test
    void aRegistrationIsAnswered() {
        Peer api = room.register("api-1", "node-1");
        assertThat(api.received).singleElement().satisfies(answer -> {
            assertThat(answer.getType()).isEqualTo("registered");
            assertThat(answer.getRegistration().getGatewayId()).isEqualTo("node-1");
            assertThat(answer.getRegistration().getVersion()).isEqualTo("test");
        });
        assertThat(room.links.status().node()).hasValue("node-1");
        assertThat(room.links.status().links())
                .extracting(ApiLinkStatus.Member::instance)
                .containsExactly("api-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heartbeat", "request", "sync_allocations", "", "surprise"})
    void nothingElseComesFirst(String type) {
        Peer api = room.connect("10.0.0.1");
        api.say(type);
        assertThat(api.cause()).hasValue(Cause.MALFORMED);
        assertThat(room.calls.started).isEmpty();
    }

    @Test
    void aRegistrationThatCouldForgeALogLineIsRefused() {
        Peer api = room.connect("10.0.0.1");
        api.register("api-1\nevil", "node-1");
        assertThat(api.cause()).hasValue(Cause.MALFORMED);
    }

    @Test
    void whoDoesNotRegisterWithinTenSecondsIsSentAway() {
        Peer api = room.connect("10.0.0.1");
        room.pass(Duration.ofSeconds(9));
        assertThat(api.end).isEmpty();
        room.pass(Duration.ofSeconds(1));
        assertThat(api.cause()).hasValue(Cause.UNREGISTERED);
    }

    @Test
    void heartbeatsAreSentEveryThirtySeconds() {
        Peer api = room.register("api-1", "node-1");
        room.pass(Duration.ofSeconds(29));
        assertThat(api.received("heartbeat")).isEmpty();
        room.pass(Duration.ofSeconds(1));
        assertThat(api.received("heartbeat")).hasSize(1);
        room.pass(Duration.ofSeconds(30));
        assertThat(api.received("heartbeat")).hasSize(2).last().satisfies(beat -> assertThat(
                        beat.getHeartbeat().getSeconds())
                .isEqualTo(room.time.now.getEpochSecond()));
    }

    @Test
    void whoIsSilentForNinetySecondsIsGone() {
        Peer api = room.register("api-1", "node-1");
        room.pass(Duration.ofSeconds(89));
        assertThat(api.end).isEmpty();
        room.pass(Duration.ofSeconds(1));
        assertThat(api.cause()).hasValue(Cause.SILENT);
        assertThat(room.links.status().lastError())
                .hasValueSatisfying(failure -> assertThat(failure.end().cause()).isEqualTo(Cause.SILENT));
        assertThat(room.links.status().links()).isEmpty();
    }

    @Test
    void anyMessageIsASignOfLife() {
        Peer api = room.register("api-1", "node-1");
        room.pass(Duration.ofSeconds(80));
        api.say("a word of the future");
        room.pass(Duration.ofSeconds(80));
        assertThat(api.end).isEmpty();
    }

    @Test
    void aPingIsASignOfLife() {
        Peer api = room.register("api-1", "node-1");
        room.pass(Duration.ofSeconds(80));
        api.pings++;
        room.pass(Duration.ofSeconds(80));
        assertThat(api.end).isEmpty();
    }

    @Test
    void aNewerStreamOfAnInstanceTakesThePlaceOfTheOlder() {
        Peer older = room.register("api-1", "node-1");
        Peer other = room.register("api-2", "node-1");
        Peer newer = room.register("api-1", "node-1");
        assertThat(older.cause()).hasValue(Cause.REPLACED);
        assertThat(other.end).isEmpty();
        assertThat(newer.end).isEmpty();
        assertThat(room.links.status().links()).hasSize(2);
    }

    @Test
    void oneInstanceMayTakeThisGatewayForTwoNodes() {
        Peer one = room.register("api-1", "node-1");
        Peer other = room.register("api-1", "node-2");
        assertThat(one.end).isEmpty();
        assertThat(other.end).isEmpty();
    }

    @Test
    void twoLivingStreamsOfOneIdentityFromTwoHostsBothStay() {
        Peer one = room.register("10.0.0.1", "api-1", "node-1");
        Peer other = room.register("10.0.0.2", "api-1", "node-1");
        room.pass(Duration.ofSeconds(20));
        assertThat(one.probes).isEqualTo(1);
        assertThat(one.end).isEmpty();
        assertThat(other.end).isEmpty();
        assertThat(room.links.status().links()).hasSize(2);
        assertThat(room.heard).isEmpty();
    }

    @Test
    void aDeadStreamGivesWayToOneOfItsIdentityFromAnotherHost() {
        Peer dead = room.register("10.0.0.1", "api-1", "node-1");
        dead.alive = false;
        Peer newer = room.register("10.0.0.2", "api-1", "node-1");
        room.pass(ApiLink.PROBE_TIMEOUT.minusSeconds(1));
        assertThat(dead.end).isEmpty();
        room.pass(Duration.ofSeconds(1));
        assertThat(dead.cause()).hasValue(Cause.REPLACED);
        assertThat(newer.end).isEmpty();
    }

    @Test
    void aStreamThatSpeaksAfterTheProbeIsAlive() {
        Peer older = room.register("10.0.0.1", "api-1", "node-1");
        older.alive = false;
        room.register("10.0.0.2", "api-1", "node-1");
        room.pass(Duration.ofSeconds(3));
        older.say("heartbeat");
        room.pass(Duration.ofSeconds(20));
        assertThat(older.end).isEmpty();
    }

    @Test
    void streamsThatTakeEachOthersPlaceInTurnAreNamedOnce() {
        for (int i = 0; i < 30; i++) {
            room.register("api-1", "node-1");
            room.pass(Duration.ofSeconds(5));
        }
        assertThat(room.heard.stream().filter("contested"::equals)).hasSize(1);
        assertThat(room.links.status().contested()).singleElement().asString().contains("'api-1'", "10.0.0.1");
        room.pass(LinkTakeovers.EPISODE_END);
        assertThat(room.links.status().contested()).isEmpty();
    }

    @Test
    void anInstanceThatRestartsNowAndThenContestsNothing() {
        for (int i = 0; i < 10; i++) {
            room.register("api-1", "node-1");
            room.pass(Duration.ofSeconds(60));
        }
        assertThat(room.heard).doesNotContain("contested");
    }

    @Test
    void instancesWithoutAnIdAreNotTakenForEachOther() {
        Peer one = room.register("", "node-1");
        room.register("", "node-1");
        assertThat(one.end).isEmpty();
        assertThat(room.links.status().links()).hasSize(2);
    }

    @Test
    void theNewerWordAboutTheNodesNameCounts() {
        room.register("api-1", "node-1");
        room.register("api-2", "node-2");
        assertThat(room.links.status().node()).hasValue("node-2");
        assertThat(room.heard).containsExactly("disputed");
        room.register("api-2", "node-1");
        assertThat(room.heard).containsExactly("disputed", "disputed");
    }

    @Test
    void thereIsRoomForSixtyFour() {
        for (int i = 0; i < ApiLinkRegistry.MAX_LINKS; i++) {
            assertThat(room.register("api-" + i, "node-1").end).isEmpty();
        }
        assertThat(room.register("one too many", "node-1").cause()).hasValue(Cause.TOO_MANY);
        assertThat(room.register("api-7", "node-1").end).isEmpty();
        assertThat(room.links.status().links()).hasSize(ApiLinkRegistry.MAX_LINKS);
    }

    @Test
    void silentStreamsAreBoundedToo() {
        for (int i = 0; i < ApiLinkRegistry.MAX_LINKS; i++) {
            assertThat(room.connect("10.0.0.1").end).isEmpty();
        }
        assertThat(room.connect("10.0.0.1").cause()).hasValue(Cause.TOO_MANY);
    }

    @Test
    void whoLeavesOrIsLostIsForgotten() {
        room.register("api-1", "node-1").events.left();
        room.register("api-2", "node-1").events.lost("connection reset");
        assertThat(room.heard).containsExactly(Cause.LEFT, Cause.LOST);
        assertThat(room.links.status().links()).isEmpty();
        assertThat(room.links.status().lastError())
                .map(failure -> failure.end().text())
                .hasValue("connection reset");
    }

    @Test
    void anEndedStreamSaysNothingMore() {
        Peer api = room.register("api-1", "node-1");
        api.events.left();
        api.ask("1", "ListIPs", com.google.protobuf.ByteString.EMPTY);
        api.events.lost("again");
        assertThat(room.calls.started).isEmpty();
        assertThat(room.heard).containsExactly(Cause.LEFT);
    }

    @Test
    void stoppingEndsEveryLinkAndThoseThatStillCome() {
        Peer api = room.register("api-1", "node-1");
        room.links.stop();
        assertThat(api.cause()).hasValue(Cause.STOPPING);
        assertThat(room.connect("10.0.0.1").cause()).hasValue(Cause.STOPPING);
        assertThat(room.links.status().lastError()).isEqualTo(Optional.empty());
    }

    @Test
    void aRepeatedRegistrationOnOneStreamIsAnsweredAgain() {
        Peer api = room.register("api-1", "node-1");
        api.register("api-1", "node-2");
        assertThat(api.received("registered")).hasSize(2);
        assertThat(api.end).isEmpty();
        assertThat(room.links.status().node()).hasValue("node-2");
        assertThat(room.heard).isEmpty();
    }

    @Test
    void oneMessageIsAskedForAtATime() {
        Peer api = room.connect("10.0.0.1");
        assertThat(api.asked).isEqualTo(1);
        api.register("api-1", "node-1");
        assertThat(api.asked).isEqualTo(2);
        api.say(GatewayMessage.newBuilder().setType("metrics").build());
        assertThat(api.asked).isEqualTo(3);
    }

    @Test
    void aWallClockThatIsSetBackDoesNotDelayHeartbeats() {
        Peer api = room.register("api-1", "node-1");
        room.time.now = room.time.now.minus(Duration.ofHours(1));
        room.pass(ApiLink.HEARTBEAT);
        assertThat(api.received("heartbeat")).hasSize(1);
    }

    @Test
    void aWallClockThatIsSetForwardEndsNoLink() {
        Peer api = room.register("api-1", "node-1");
        room.time.now = room.time.now.plus(Duration.ofHours(1));
        room.pass(Duration.ofSeconds(1));
        assertThat(api.end).isEmpty();
    }
}
