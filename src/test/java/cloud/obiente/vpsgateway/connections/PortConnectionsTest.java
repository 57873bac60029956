package cloud.obiente.vpsgateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.connections.ConnectionListener.CloseReason;
import cloud.obiente.vpsgateway.lab.LogLines;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortConnectionsTest {
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration PROOF_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration HTTP1_IDLE_TIMEOUT = Duration.ofMinutes(1);
    private static final int MAX = 8;

    private long now;
    private int refused;
    private final List<String> asked = new ArrayList<>();
    private final List<OpenConnection> leavers = new ArrayList<>();
    private int blocked;
    private int toldToAskAgain;
    private final PeerAddresses addresses = new PeerAddresses(nobody -> false, () -> now, new PeerListener() {
        @Override
        public void failed(Failure failure) {}

        @Override
        public void banned() {}
    });
    private PortConnections connections = connections(MAX);

    private PortConnections connections(int maxUnauthenticated) {
        return new PortConnections(
                "grpc",
                new ConnectionLimits(
                        MAX,
                        MAX / 2,
                        maxUnauthenticated,
                        Math.max(1, maxUnauthenticated / 2),
                        PROOF_TIMEOUT,
                        IDLE_TIMEOUT,
                        HTTP1_IDLE_TIMEOUT),
                () -> now,
                addresses,
                new ConnectionListener() {
                    @Override
                    public void ended(CloseReason reason) {}

                    @Override
                    public void blocked(Block why) {
                        blocked++;
                    }

                    @Override
                    public void refused() {
                        refused++;
                    }
                });
    }

    @Test
    void oneAddressHasHalfOfThePlaces() {
        List<Peer> calling = calling("192.0.2.1", MAX / 2);
        assertThat(admit(new Peer("one too many", "192.0.2.1"))).isFalse();
        assertThat(admit(new Peer("somebody else's", "192.0.2.2"))).isTrue();
        assertThat(refused).isEqualTo(1);
        assertThat(asked).isEmpty();

        connections.gone(calling.get(0));
        assertThat(admit(new Peer("another", "192.0.2.1"))).isTrue();
    }

    @Test
    void anAddressThatHasItsShareMakesPlaceByItsOwnIdlest() {
        calling("192.0.2.1", MAX / 2 - 2);
        idle("somebody else's, idle for longest", "192.0.2.2");
        Peer first = idle("first", "192.0.2.1");
        idle("second", "192.0.2.1");
        // It is the idlest no more.
        connections.busy(first);
        connections.idle(first);

        assertThat(admit(new Peer("new", "192.0.2.1"))).isTrue();
        assertThat(asked).containsExactly("second EVICTED");
    }

    @Test
    void whenAllPlacesAreTakenTheIdlestOfAllGoes() {
        calling("192.0.2.1", MAX / 2 - 1);
        idle("idlest", "192.0.2.2");
        calling("192.0.2.2", MAX / 2 - 1);
        idle("less idle", "192.0.2.1");

        assertThat(admit(new Peer("new", "192.0.2.3"))).isTrue();
        assertThat(asked).containsExactly("idlest EVICTED");
    }

    @Test
    void whereAllCarryCallsTheNewOneIsRefused() {
        calling("192.0.2.1", MAX / 2);
        calling("192.0.2.2", MAX / 2);
        assertThat(admit(new Peer("new", "192.0.2.3"))).isFalse();
        assertThat(connections.open()).isEqualTo(MAX);
    }

    /** Their event loops may be busy: those that are to go must not add up, and nobody is refused for that. */
    @Test
    void fewMayComeBeforeThoseThatWereAskedHaveGoneAndTheOthersWait() {
        idle("a", "192.0.2.1", MAX / 2);
        idle("b", "192.0.2.2", MAX / 2);
        int admitted = 0;
        Peer last = new Peer("new", "192.0.2.3");
        while (admission(last) == Admission.ADMITTED) {
            admitted++;
            last = new Peer("new", "192.0.2.3");
        }
        assertThat(admitted).isEqualTo(asked.size()).isBetween(1, MAX / 4);
        assertThat(admission(last)).isEqualTo(Admission.DEFERRED);
        assertThat(refused).isZero();
        assertThat(toldToAskAgain).isZero();

        connections.gone(leavers.get(0));
        assertThat(toldToAskAgain).isPositive();
        assertThat(admission(last)).isEqualTo(Admission.ADMITTED);
    }

    /** It carries a call now, and stays. */
    @Test
    void whoWaitsIsToldAlsoWhenTheOneThatWasAskedDoesNotGo() {
        idle("a", "192.0.2.1", MAX / 2);
        idle("b", "192.0.2.2", MAX / 2);
        while (admission(new Peer("new", "192.0.2.3")) == Admission.ADMITTED) {
            assertThat(toldToAskAgain).isZero();
        }
        connections.busy(leavers.get(0));
        assertThat(toldToAskAgain).isPositive();
    }

    @Test
    void aConnectionIsAskedToEndWhenItHasCarriedNoCallForTheTimeout() {
        Peer quiet = idle("quiet", "192.0.2.1");
        now += IDLE_TIMEOUT.toNanos() / 2;
        Peer busier = idle("busier", "192.0.2.1");
        calling("192.0.2.1", 1);
        now += IDLE_TIMEOUT.toNanos() / 2 - 1;
        connections.tick();
        assertThat(asked).isEmpty();

        now++;
        connections.tick();
        connections.tick();
        assertThat(asked).containsExactly("quiet timed out");

        // A call had begun; now it is over.
        connections.idle(quiet);
        connections.busy(busier);
        connections.idle(busier);
        now += IDLE_TIMEOUT.toNanos();
        connections.tick();
        assertThat(asked).containsExactly("quiet timed out", "quiet timed out", "busier timed out");
    }

    @Test
    void refusalsAreLoggedTogether() throws Exception {
        addresses.proved(address("192.0.2.1"));
        calling("192.0.2.1", MAX / 2);
        List<String> lines = new ArrayList<>();
        LogLines.during(PortConnections.class.getName(), lines::add, () -> {
            IntStream.range(0, 100).forEach(i -> admit(new Peer("too many", "192.0.2.1")));
            connections.tick();
            admit(new Peer("too many", "192.0.2.1"));
            connections.tick();
        });
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .contains("refused 100 connections to the grpc port")
                .contains("MAX_CONNECTIONS");
    }

    @Test
    void anAddressThatHasGoneIsForgotten() {
        IntStream.range(0, 10_000).forEach(i -> {
            Peer passing = new Peer("passing", "10.0." + i / 256 + "." + i % 256);
            assertThat(admit(passing)).isTrue();
            connections.idle(passing);
            connections.gone(passing);
        });
        assertThat(connections.open()).isZero();
        assertThat(asked).isEmpty();
    }

    @Test
    void unauthenticatedPeersHaveHalfOfThePlacesAtMost() {
        ConnectionLimits wanted = ConnectionLimits.of(2048, 256, PROOF_TIMEOUT, IDLE_TIMEOUT);
        assertThat(wanted)
                .isEqualTo(new ConnectionLimits(2048, 1024, 256, 64, PROOF_TIMEOUT, IDLE_TIMEOUT, HTTP1_IDLE_TIMEOUT));
        assertThat(wanted.within(4096)).isEqualTo(wanted);
        assertThat(wanted.within(64))
                .isEqualTo(new ConnectionLimits(64, 32, 32, 8, PROOF_TIMEOUT, IDLE_TIMEOUT, HTTP1_IDLE_TIMEOUT));
    }

    @Test
    void theEldestUnauthenticatedOneMakesPlaceForANewOneAndNobodyElseDoes() {
        connections = connections(4);
        addresses.proved(address("192.0.2.9"));
        idle("the API's", "192.0.2.9");
        unauthenticated("first", "192.0.2.1");
        unauthenticated("second", "192.0.2.2");
        unauthenticated("third", "192.0.2.3");
        unauthenticated("fourth", "192.0.2.4");
        assertThat(asked).isEmpty();

        unauthenticated("fifth", "192.0.2.5");
        assertThat(asked).containsExactly("first EVICTED");
    }

    @Test
    void anUnauthenticatedAddressMakesPlaceByItsOwnEldestWhateverItCarries() {
        connections = connections(4);
        unauthenticated("somebody else's", "192.0.2.2");
        unauthenticated("first", "192.0.2.1");
        unauthenticated("second", "192.0.2.1");
        unauthenticated("third", "192.0.2.1");
        assertThat(asked).containsExactly("first EVICTED");
    }

    @Test
    void whoHasShownTheSecretHasThePlacesThatOthersMayNotTake() {
        connections = connections(2);
        unauthenticated("unauthenticated", "192.0.2.1");
        unauthenticated("unauthenticated", "192.0.2.2");
        addresses.proved(address("192.0.2.9"));
        addresses.proved(address("192.0.2.8"));
        calling("192.0.2.9", MAX / 2);
        calling("192.0.2.8", MAX / 2 - 2);
        assertThat(asked).isEmpty();

        // Even the places of unauthenticated peers, when there are no others.
        calling("192.0.2.8", 1);
        assertThat(asked).hasSize(1);
    }

    @Test
    void aConnectionThatHasShownTheSecretIsUnauthenticatedNoMore() {
        connections = connections(2);
        Peer shown = unauthenticated("shown", "192.0.2.1");
        connections.proved(shown);
        unauthenticated("a", "192.0.2.2");
        unauthenticated("b", "192.0.2.3");
        assertThat(asked).isEmpty();

        now += PROOF_TIMEOUT.toNanos();
        connections.tick();
        assertThat(asked).containsExactly("a UNPROVEN", "b UNPROVEN");
        assertThat(connections.unproven()).isZero();
    }

    @Test
    void aConnectionOfHttp1EndsSooner() {
        Peer http1 = idle("http1", "192.0.2.1");
        Peer http2 = idle("http2", "192.0.2.2");
        http1.http2 = false;
        connections.proved(http1);
        connections.proved(http2);
        now += HTTP1_IDLE_TIMEOUT.toNanos();
        connections.tick();
        assertThat(asked).containsExactly("http1 timed out");
    }

    @Test
    void whoComesAloneIsLetAloneWhereOthersComeInNumbers() {
        connections = connections(6);
        unauthenticated("alone", "192.0.2.1");
        unauthenticated("first of many", "192.0.2.2");
        unauthenticated("many", "192.0.2.2");
        unauthenticated("first of many", "192.0.2.3");
        unauthenticated("many", "192.0.2.3");
        unauthenticated("many", "192.0.2.3");
        unauthenticated("new", "192.0.2.4");
        assertThat(asked).containsExactly("first of many EVICTED");
    }

    /** An API that comes back has not had a connection in vain for a minute, whatever others did. */
    @Test
    void whoComesForTheFirstTimeIsLetAloneWhereOthersComeAgainAndAgain() {
        connections = connections(4);
        for (int i = 0; i < 20; i++) {
            unauthenticated("attacker", "192.0.2." + (1 + i % 5));
        }
        unauthenticated("API", "192.0.2.9");
        for (int i = 0; i < 20; i++) {
            unauthenticated("attacker", "192.0.2." + (1 + i % 5));
        }
        assertThat(asked).doesNotContain("API EVICTED");

        now += Duration.ofMinutes(2).toNanos();
        unauthenticated("attacker", "192.0.2.1");
        assertThat(addresses.inVain(address("192.0.2.2"))).isZero();
    }

    @Test
    void whoOpensOneAfterTheOtherHasToWait() {
        int admitted = 0;
        Peer peer = new Peer("new", "192.0.2.1");
        while (admit(peer)) {
            connections.gone(peer);
            admitted++;
        }
        assertThat(admitted).isEqualTo(PeerAddresses.CONNECTION_BURST);
        assertThat(admit(new Peer("somebody else's", "192.0.2.2"))).isTrue();
        assertThat(blocked).isEqualTo(1);

        now += Duration.ofSeconds(1).toNanos();
        assertThat(admit(peer)).isTrue();
    }

    private Admission admission(Peer peer) {
        return connections.admit(peer, () -> toldToAskAgain++);
    }

    private boolean admit(Peer peer) {
        return connections.mayConnect(peer.peer()) && admission(peer) == Admission.ADMITTED;
    }

    private Peer unauthenticated(String name, String address) {
        Peer peer = new Peer(name, address);
        assertThat(admit(peer)).isTrue();
        // Those that were asked to go do so at once.
        leavers.forEach(connections::gone);
        leavers.clear();
        return peer;
    }

    private List<Peer> calling(String address, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Peer("calling", address))
                .peek(peer -> {
                    assertThat(admit(peer)).isTrue();
                    connections.proved(peer);
                })
                .toList();
    }

    private Peer idle(String name, String address) {
        Peer peer = new Peer(name, address);
        assertThat(admit(peer)).isTrue();
        connections.proved(peer);
        connections.idle(peer);
        return peer;
    }

    private void idle(String name, String address, int count) {
        IntStream.range(0, count).forEach(i -> idle(name, address));
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException addressesNeedNoNameServer) {
            throw new IllegalStateException(addressesNeedNoNameServer);
        }
    }

    /** Not a record: two are never the same. */
    private final class Peer implements OpenConnection {
        private final String name;
        private final String address;
        private boolean http2 = true;

        Peer(String name, String address) {
            this.name = name;
            this.address = address;
        }

        @Override
        public InetAddress peer() {
            return PortConnectionsTest.address(address);
        }

        @Override
        public boolean isHttp2() {
            return http2;
        }

        @Override
        public void timeOut() {
            asked.add(name + " timed out");
        }

        @Override
        public void evict(CloseReason reason) {
            asked.add(name + " " + reason);
            leavers.add(this);
        }
    }
}
