package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.hostnet.segment.Neighbour.State;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NeighbourTest {
    private static final Optional<MacAddress> MAC = Optional.of(MacAddress.parse("02:00:00:00:00:01"));

    @Test
    void onlyReachableIsAnAnswerOfNow() {
        Map<Ipv4Address, Neighbour> table = Neighbour.parse("""
                10.15.3.1 lladdr 02:00:00:00:00:01 REACHABLE
                10.15.3.2 lladdr 02:00:00:00:00:01 ref 1 used 3/3/3probes 4 REACHABLE
                10.15.3.3 lladdr 02:00:00:00:00:01 STALE
                10.15.3.4 lladdr 02:00:00:00:00:01 DELAY
                10.15.3.5 lladdr 02:00:00:00:00:01 PROBE
                10.15.3.6 INCOMPLETE
                10.15.3.7 FAILED
                10.15.3.8 lladdr 02:00:00:00:00:01 PERMANENT proto 153\s
                10.15.3.9 lladdr 02:00:00:00:00:01 NOARP
                """);

        assertThat(table)
                .containsOnly(
                        Map.entry(address("10.15.3.1"), new Neighbour(State.CONFIRMED, MAC)),
                        Map.entry(address("10.15.3.2"), new Neighbour(State.CONFIRMED, MAC)),
                        Map.entry(address("10.15.3.3"), new Neighbour(State.OLD, MAC)),
                        Map.entry(address("10.15.3.4"), new Neighbour(State.PENDING, MAC)),
                        Map.entry(address("10.15.3.5"), new Neighbour(State.PENDING, MAC)),
                        Map.entry(address("10.15.3.6"), new Neighbour(State.PENDING, Optional.empty())),
                        Map.entry(address("10.15.3.7"), new Neighbour(State.FAILED, Optional.empty())),
                        Map.entry(address("10.15.3.8"), new Neighbour(State.FIXED, MAC)),
                        Map.entry(address("10.15.3.9"), new Neighbour(State.FIXED, MAC)));
    }

    @Test
    void linesThatMakeNoSenseAreLeftOut() {
        assertThat(Neighbour.parse("""
                        10.15.3.1 lladdr 01:00:5e:00:00:01 REACHABLE
                        10.15.3.999 lladdr 02:00:00:00:00:01 REACHABLE
                        fe80::1 lladdr 02:00:00:00:00:01 router REACHABLE

                        Dump terminated
                        """)).isEmpty();
    }

    private static Ipv4Address address(String text) {
        return Ipv4Address.parse(text);
    }
}
