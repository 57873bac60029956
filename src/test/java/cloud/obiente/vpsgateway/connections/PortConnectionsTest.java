package cloud.obiente.vpsgateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

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
    private static final int MAX = 8;

    private long now;
    private int refused;
    private final List<String> asked = new ArrayList<>();
    private final PortConnections connections =
            new PortConnections("grpc", ConnectionLimits.of(MAX, IDLE_TIMEOUT), () -> now, new ConnectionListener() {
                @Override
                public void ended(CloseReason reason) {}

                @Override
                public void refused() {
                    refused++;
                }
            });

    @Test
    void oneAddressHasHalfOfThePlaces() {
        List<Peer> calling = calling("192.0.2.1", MAX / 2);
        assertThat(connections.admit(new Peer("one too many", "192.0.2.1"))).isFalse();
        assertThat(connections.admit(new Peer("somebody else's", "192.0.2.2"))).isTrue();
        assertThat(refused).isEqualTo(1);
        assertThat(asked).isEmpty();

        connections.gone(calling.get(0));
        assertThat(connections.admit(new Peer("another", "192.0.2.1"))).isTrue();
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

        assertThat(connections.admit(new Peer("new", "192.0.2.1"))).isTrue();
        assertThat(asked).containsExactly("second evicted");
    }

    @Test
    void whenAllPlacesAreTakenTheIdlestOfAllGoes() {
        calling("192.0.2.1", MAX / 2 - 1);
        idle("idlest", "192.0.2.2");
        calling("192.0.2.2", MAX / 2 - 1);
        idle("less idle", "192.0.2.1");

        assertThat(connections.admit(new Peer("new", "192.0.2.3"))).isTrue();
        assertThat(asked).containsExactly("idlest evicted");
    }

    @Test
    void whereAllCarryCallsTheNewOneIsRefused() {
        calling("192.0.2.1", MAX / 2);
        calling("192.0.2.2", MAX / 2);
        assertThat(connections.admit(new Peer("new", "192.0.2.3"))).isFalse();
        assertThat(connections.open()).isEqualTo(MAX);
    }

    /** Their event loops may be busy: those that are to go must not add up. */
    @Test
    void fewMayComeBeforeThoseThatWereAskedHaveGone() {
        idle("a", "192.0.2.1", MAX / 2);
        idle("b", "192.0.2.2", MAX / 2);
        int admitted = 0;
        while (connections.admit(new Peer("new", "192.0.2.3"))) {
            admitted++;
        }
        assertThat(admitted).isEqualTo(asked.size()).isBetween(1, MAX / 4);
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
        calling("192.0.2.1", MAX / 2);
        List<String> lines = new ArrayList<>();
        LogLines.during(PortConnections.class.getName(), lines::add, () -> {
            IntStream.range(0, 100).forEach(i -> connections.admit(new Peer("too many", "192.0.2.1")));
            connections.tick();
            connections.admit(new Peer("too many", "192.0.2.1"));
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
            assertThat(connections.admit(passing)).isTrue();
            connections.idle(passing);
            connections.gone(passing);
        });
        assertThat(connections.open()).isZero();
        assertThat(asked).isEmpty();
    }

    @Test
    void thereAreNoMorePlacesThanAQuarterOfTheFileDescriptors() {
        ConnectionLimits wanted = ConnectionLimits.of(2048, IDLE_TIMEOUT);
        assertThat(wanted.within(1 << 20)).isEqualTo(wanted);
        assertThat(wanted.within(256)).isEqualTo(new ConnectionLimits(64, 32, IDLE_TIMEOUT));
    }

    private List<Peer> calling(String address, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Peer("calling", address))
                .peek(peer -> assertThat(connections.admit(peer)).isTrue())
                .toList();
    }

    private Peer idle(String name, String address) {
        Peer peer = new Peer(name, address);
        assertThat(connections.admit(peer)).isTrue();
        connections.idle(peer);
        return peer;
    }

    private void idle(String name, String address, int count) {
        IntStream.range(0, count).forEach(i -> idle(name, address));
    }

    /** Not a record: two are never the same. */
    private final class Peer implements OpenConnection {
        private final String name;
        private final String address;

        Peer(String name, String address) {
            this.name = name;
            this.address = address;
        }

        @Override
        public InetAddress peer() {
            try {
                return InetAddress.getByName(address);
            } catch (UnknownHostException addressesNeedNoNameServer) {
                throw new IllegalStateException(addressesNeedNoNameServer);
            }
        }

        @Override
        public void timeOut() {
            asked.add(name + " timed out");
        }

        @Override
        public void evict() {
            asked.add(name + " evicted");
        }
    }
}
