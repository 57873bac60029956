package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.hostnet.ChildTools;
import cloud.obiente.vpsgateway.hostnet.segment.ArpAnswer.Answered;
import cloud.obiente.vpsgateway.hostnet.segment.ArpAnswer.Silent;
import cloud.obiente.vpsgateway.hostnet.segment.ArpAnswer.Unknown;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The kernel's own ARP, and hosts with fixed addresses. */
class ArpProbeIT {
    private static final Ipv4Address ONE = Ipv4Address.parse("10.15.3.20");
    private static final Ipv4Address OTHER = Ipv4Address.parse("10.15.3.21");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");

    private final Lab lab = Lab.create();
    private final ArpProbe probe = probe(Lab.GATEWAY);

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void whoHasTheAddressAnswersAndNobodyElse() throws InterruptedException {
        host("host-1", MAC, ONE);
        assertThat(probe.probe(List.of(ONE, OTHER)))
                .containsOnly(Map.entry(ONE, new Answered(MAC)), Map.entry(OTHER, new Silent()));
    }

    @Test
    void anAnswerOfLongAgoIsAskedForAnew() throws InterruptedException {
        Vps host = host("host-1", MAC, ONE);
        assertThat(probe.probe(List.of(ONE))).containsEntry(ONE, new Answered(MAC));

        host.destroy();
        makeStale(ONE, MAC);
        assertThat(probe.probe(List.of(ONE))).containsEntry(ONE, new Silent());

        makeStale(OTHER, MAC);
        host("host-2", OTHER_MAC, OTHER);
        assertThat(probe.probe(List.of(OTHER)))
                .as("another host in its place")
                .containsEntry(OTHER, new Answered(OTHER_MAC));
    }

    @Test
    void whatIsFixedInTheKernelIsNobodysAnswer() throws InterruptedException {
        Command.run(List.of(
                "ip",
                "neigh",
                "replace",
                ONE.toString(),
                "lladdr",
                MAC.toString(),
                "dev",
                "eth0",
                "nud",
                "permanent",
                "protocol",
                "153"));
        assertThat(probe.probe(List.of(ONE, Lab.GATEWAY)))
                .allSatisfy((address, answer) -> assertThat(answer).isInstanceOf(Unknown.class));
    }

    @Test
    void anInterfaceThatCannotAskSaysSoAndNeverThatNobodyIsThere() throws InterruptedException {
        Command.run(List.of("ip", "link", "set", "eth0", "down"));
        assertThat(probe.probe(List.of(ONE)))
                .containsEntry(ONE, new Unknown("interface eth0 is down, or has no carrier"));

        Command.run(List.of("ip", "link", "set", "eth0", "up"));
        assertThat(probe(Ipv4Address.parse("10.15.3.9")).probe(List.of(ONE)).get(ONE))
                .as("an address that has just gone")
                .isInstanceOf(Unknown.class);
        SegmentInterface noAddress = new SegmentInterface(new InterfaceName("eth0"), List::of);
        await("the kernel tells of a carrier when it gets round to it").until(() -> noAddress
                .fault()
                .filter(fault -> fault.contains("carrier"))
                .isEmpty());
        assertThat(new ArpProbe(new ChildTools(Duration.ofSeconds(5)), noAddress).probe(List.of(ONE)))
                .containsEntry(ONE, new Unknown("interface eth0 has no address in the VPSs' subnet"));
    }

    @Test
    void manyAreAskedForAtOnce() throws InterruptedException {
        Vps host = host("host-1", MAC, ONE);
        List<Ipv4Address> all = IntStream.range(0, 200).mapToObj(ONE::plus).toList();
        all.forEach(address -> host.exec("ip", "addr", "replace", address + "/24", "dev", "eth0"));
        assertThat(probe.probe(all)).hasSize(200).allSatisfy((address, answer) -> assertThat(answer)
                .isEqualTo(new Answered(MAC)));
    }

    private Vps host(String name, MacAddress mac, Ipv4Address address) {
        Vps host = lab.vps(name, mac);
        host.exec("ip", "addr", "add", address + "/24", "dev", "eth0");
        return host;
    }

    private static void makeStale(Ipv4Address address, MacAddress mac) {
        Command.run(List.of(
                "ip", "neigh", "replace", address.toString(), "lladdr", mac.toString(), "dev", "eth0", "nud", "stale"));
    }

    private static ArpProbe probe(Ipv4Address own) {
        return new ArpProbe(
                new ChildTools(Duration.ofSeconds(5)),
                new SegmentInterface(new InterfaceName("eth0"), () -> List.of(own)));
    }
}
