package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.hostnet.segment.NeighbourEntry.State;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NeighbourEntryTest {
    private static final Optional<MacAddress> MAC = Optional.of(MacAddress.parse("02:00:00:00:00:01"));

    @Test
    void onlyReachableIsAnAnswerOfNow() {
        Map<Ipv4Address, NeighbourEntry> table = NeighbourEntry.parse("""
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
                        Map.entry(address("10.15.3.1"), new NeighbourEntry(State.CONFIRMED, MAC)),
                        Map.entry(address("10.15.3.2"), new NeighbourEntry(State.CONFIRMED, MAC)),
                        Map.entry(address("10.15.3.3"), new NeighbourEntry(State.OLD, MAC)),
                        Map.entry(address("10.15.3.4"), new NeighbourEntry(State.PENDING, MAC)),
                        Map.entry(address("10.15.3.5"), new NeighbourEntry(State.PENDING, MAC)),
                        Map.entry(address("10.15.3.6"), new NeighbourEntry(State.PENDING, Optional.empty())),
                        Map.entry(address("10.15.3.7"), new NeighbourEntry(State.FAILED, Optional.empty())),
                        Map.entry(address("10.15.3.8"), new NeighbourEntry(State.FIXED, MAC)),
                        Map.entry(address("10.15.3.9"), new NeighbourEntry(State.FIXED, MAC)));
    }

    @Test
    void linesThatMakeNoSenseAreLeftOut() {
        assertThat(NeighbourEntry.parse("""
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
