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
    private final LinkFixture fixture = new LinkFixture();

    @Test
    void aRegistrationIsAnswered() {
        Peer api = fixture.register("api-1", "node-1");
        assertThat(api.received).singleElement().satisfies(answer -> {
            assertThat(answer.getType()).isEqualTo("registered");
            assertThat(answer.getRegistration().getGatewayId()).isEqualTo("node-1");
            assertThat(answer.getRegistration().getVersion()).isEqualTo("test");
        });
        assertThat(fixture.links.status().node()).hasValue("node-1");
        assertThat(fixture.links.status().links())
                .extracting(ApiLinkStatus.Member::instance)
                .containsExactly("api-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heartbeat", "request", "sync_allocations", "", "surprise"})
    void nothingElseComesFirst(String type) {
        Peer api = fixture.connect("10.0.0.1");
        api.say(type);
        assertThat(api.cause()).hasValue(Cause.MALFORMED);
        assertThat(fixture.calls.started).isEmpty();
    }

    @Test
    void aRegistrationThatCouldForgeALogLineIsRefused() {
        Peer api = fixture.connect("10.0.0.1");
        api.register("api-1\nevil", "node-1");
        assertThat(api.cause()).hasValue(Cause.MALFORMED);
    }

    @Test
    void whoDoesNotRegisterWithinTenSecondsIsSentAway() {
        Peer api = fixture.connect("10.0.0.1");
        fixture.pass(Duration.ofSeconds(9));
        assertThat(api.end).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(api.cause()).hasValue(Cause.UNREGISTERED);
    }

    @Test
    void heartbeatsAreSentEveryThirtySeconds() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.pass(Duration.ofSeconds(29));
        assertThat(api.received("heartbeat")).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(api.received("heartbeat")).hasSize(1);
        fixture.pass(Duration.ofSeconds(30));
        assertThat(api.received("heartbeat")).hasSize(2).last().satisfies(beat -> assertThat(
                        beat.getHeartbeat().getSeconds())
                .isEqualTo(fixture.time.now.getEpochSecond()));
    }

    @Test
    void whoIsSilentForNinetySecondsIsGone() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.pass(Duration.ofSeconds(89));
        assertThat(api.end).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(api.cause()).hasValue(Cause.SILENT);
        assertThat(fixture.links.status().lastError())
                .hasValueSatisfying(failure -> assertThat(failure.end().cause()).isEqualTo(Cause.SILENT));
        assertThat(fixture.links.status().links()).isEmpty();
    }

    @Test
    void anyMessageIsASignOfLife() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.pass(Duration.ofSeconds(80));
        api.say("a word of the future");
        fixture.pass(Duration.ofSeconds(80));
        assertThat(api.end).isEmpty();
    }

    @Test
    void aPingIsASignOfLife() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.pass(Duration.ofSeconds(80));
        api.pings++;
        fixture.pass(Duration.ofSeconds(80));
        assertThat(api.end).isEmpty();
    }

    @Test
    void aNewerStreamOfAnInstanceTakesThePlaceOfTheOlder() {
        Peer older = fixture.register("api-1", "node-1");
        Peer other = fixture.register("api-2", "node-1");
        Peer newer = fixture.register("api-1", "node-1");
        assertThat(older.cause()).hasValue(Cause.REPLACED);
        assertThat(other.end).isEmpty();
        assertThat(newer.end).isEmpty();
        assertThat(fixture.links.status().links()).hasSize(2);
    }

    @Test
    void oneInstanceMayTakeThisGatewayForTwoNodes() {
        Peer one = fixture.register("api-1", "node-1");
        Peer other = fixture.register("api-1", "node-2");
        assertThat(one.end).isEmpty();
        assertThat(other.end).isEmpty();
    }

    @Test
    void twoLivingStreamsOfOneIdentityFromTwoHostsBothStay() {
        Peer one = fixture.register("10.0.0.1", "api-1", "node-1");
        Peer other = fixture.register("10.0.0.2", "api-1", "node-1");
        fixture.pass(Duration.ofSeconds(20));
        assertThat(one.probes).isEqualTo(1);
        assertThat(one.end).isEmpty();
        assertThat(other.end).isEmpty();
        assertThat(fixture.links.status().links()).hasSize(2);
        assertThat(fixture.heard).isEmpty();
    }

    @Test
    void aDeadStreamGivesWayToOneOfItsIdentityFromAnotherHost() {
        Peer dead = fixture.register("10.0.0.1", "api-1", "node-1");
        dead.alive = false;
        Peer newer = fixture.register("10.0.0.2", "api-1", "node-1");
        fixture.pass(ApiLink.PROBE_TIMEOUT.minusSeconds(1));
        assertThat(dead.end).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(dead.cause()).hasValue(Cause.REPLACED);
        assertThat(newer.end).isEmpty();
    }

    @Test
    void aStreamThatSpeaksAfterTheProbeIsAlive() {
        Peer older = fixture.register("10.0.0.1", "api-1", "node-1");
        older.alive = false;
        fixture.register("10.0.0.2", "api-1", "node-1");
        fixture.pass(Duration.ofSeconds(3));
        older.say("heartbeat");
        fixture.pass(Duration.ofSeconds(20));
        assertThat(older.end).isEmpty();
    }

    @Test
    void streamsThatTakeEachOthersPlaceInTurnAreNamedOnce() {
        for (int i = 0; i < 30; i++) {
            fixture.register("api-1", "node-1");
            fixture.pass(Duration.ofSeconds(5));
        }
        assertThat(fixture.heard.stream().filter("contested"::equals)).hasSize(1);
        assertThat(fixture.links.status().contested())
                .singleElement()
                .asString()
                .contains("'api-1'", "10.0.0.1");
        fixture.pass(LinkTakeovers.EPISODE_END);
        assertThat(fixture.links.status().contested()).isEmpty();
    }

    @Test
    void anInstanceThatRestartsNowAndThenContestsNothing() {
        for (int i = 0; i < 10; i++) {
            fixture.register("api-1", "node-1");
            fixture.pass(Duration.ofSeconds(60));
        }
        assertThat(fixture.heard).doesNotContain("contested");
    }

    @Test
    void instancesWithoutAnIdAreNotTakenForEachOther() {
        Peer one = fixture.register("", "node-1");
        fixture.register("", "node-1");
        assertThat(one.end).isEmpty();
        assertThat(fixture.links.status().links()).hasSize(2);
    }

    @Test
    void theNewerWordAboutTheNodesNameCounts() {
        fixture.register("api-1", "node-1");
        fixture.register("api-2", "node-2");
        assertThat(fixture.links.status().node()).hasValue("node-2");
        assertThat(fixture.heard).containsExactly("disputed");
        fixture.register("api-2", "node-1");
        assertThat(fixture.heard).containsExactly("disputed", "disputed");
    }

    @Test
    void thereIsRoomForSixtyFour() {
        for (int i = 0; i < ApiLinkRegistry.MAX_LINKS; i++) {
            assertThat(fixture.register("api-" + i, "node-1").end).isEmpty();
        }
        assertThat(fixture.register("one too many", "node-1").cause()).hasValue(Cause.TOO_MANY);
        assertThat(fixture.register("api-7", "node-1").end).isEmpty();
        assertThat(fixture.links.status().links()).hasSize(ApiLinkRegistry.MAX_LINKS);
    }

    @Test
    void silentStreamsAreBoundedToo() {
        for (int i = 0; i < ApiLinkRegistry.MAX_LINKS; i++) {
            assertThat(fixture.connect("10.0.0.1").end).isEmpty();
        }
        assertThat(fixture.connect("10.0.0.1").cause()).hasValue(Cause.TOO_MANY);
    }

    @Test
    void whoLeavesOrIsLostIsForgotten() {
        fixture.register("api-1", "node-1").events.left();
        fixture.register("api-2", "node-1").events.lost("connection reset");
        assertThat(fixture.heard).containsExactly(Cause.LEFT, Cause.LOST);
        assertThat(fixture.links.status().links()).isEmpty();
        assertThat(fixture.links.status().lastError())
                .map(failure -> failure.end().text())
                .hasValue("connection reset");
    }

    @Test
    void anEndedStreamSaysNothingMore() {
        Peer api = fixture.register("api-1", "node-1");
        api.events.left();
        api.ask("1", "ListIPs", com.google.protobuf.ByteString.EMPTY);
        api.events.lost("again");
        assertThat(fixture.calls.started).isEmpty();
        assertThat(fixture.heard).containsExactly(Cause.LEFT);
    }

    @Test
    void stoppingEndsEveryLinkAndThoseThatStillCome() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.links.stop();
        assertThat(api.cause()).hasValue(Cause.STOPPING);
        assertThat(fixture.connect("10.0.0.1").cause()).hasValue(Cause.STOPPING);
        assertThat(fixture.links.status().lastError()).isEqualTo(Optional.empty());
    }

    @Test
    void aRepeatedRegistrationOnOneStreamIsAnsweredAgain() {
        Peer api = fixture.register("api-1", "node-1");
        api.register("api-1", "node-2");
        assertThat(api.received("registered")).hasSize(2);
        assertThat(api.end).isEmpty();
        assertThat(fixture.links.status().node()).hasValue("node-2");
        assertThat(fixture.heard).isEmpty();
    }

    @Test
    void oneMessageIsAskedForAtATime() {
        Peer api = fixture.connect("10.0.0.1");
        assertThat(api.asked).isEqualTo(1);
        api.register("api-1", "node-1");
        assertThat(api.asked).isEqualTo(2);
        api.say(GatewayMessage.newBuilder().setType("metrics").build());
        assertThat(api.asked).isEqualTo(3);
    }

    @Test
    void aWallClockThatIsSetBackDoesNotDelayHeartbeats() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.time.now = fixture.time.now.minus(Duration.ofHours(1));
        fixture.pass(ApiLink.HEARTBEAT);
        assertThat(api.received("heartbeat")).hasSize(1);
    }

    @Test
    void aWallClockThatIsSetForwardEndsNoLink() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.time.now = fixture.time.now.plus(Duration.ofHours(1));
        fixture.pass(Duration.ofSeconds(1));
        assertThat(api.end).isEmpty();
    }
}
