package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Names that only dnsmasq knows, and VPSs that cannot be reached. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshNamesIT {
    private static final long FAR_FUTURE = 4_000_000_000L;

    /** In this mode dnsmasq keeps leases that nobody holds an allocation for. */
    private final World world = World.create("ssh-names").with("GATEWAY_DHCP_UNKNOWN_CLIENTS", "adopt");

    private Vps vps;
    private ProxyClient client;
    private ProxyStream stream;

    @BeforeAll
    void start() throws IOException {
        Files.createDirectories(world.files().directory());
        Files.write(
                world.files().leasesFile(),
                List.of(
                        lease("02:00:00:00:01:01", "10.15.3.80", "leased"),
                        lease("02:00:00:00:01:02", "10.15.3.81", "absent"),
                        lease("02:00:00:00:01:03", "192.0.2.7", "outside"),
                        lease("02:00:00:00:01:04", "127.0.0.1", "inside"),
                        lease("02:00:00:00:01:05", "10.15.3.1", "router")));
        world.start();
        vps = world.sshVps("vps-1", MacAddress.parse("02:00:00:00:00:01"));
        vps.exec("ip", "addr", "add", "10.15.3.80/24", "dev", "eth0");
        client = world.proxyClient();
        stream = client.stream();
    }

    private static String lease(String mac, String address, String name) {
        return FAR_FUTURE + " " + mac + " " + address + " " + name + " *";
    }

    @AfterAll
    void stop() {
        client.close();
        world.close();
    }

    @Test
    void aNameThatOnlyDnsmasqKnowsIsReached() {
        assertThat(world.resolve("leased")).containsExactly(Ipv4Address.parse("10.15.3.80"));
        assertThat(world.listed()).extracting(Holding::vps).doesNotContain("leased");

        assertThat(answerTo("leased")).isEqualTo("connected");
        assertThat(answerTo("leased.vps.local")).isEqualTo("connected");
    }

    @Test
    void aNameThatLeadsOutsideIsRefused() {
        assertThat(world.resolve("outside")).containsExactly(Ipv4Address.parse("192.0.2.7"));

        assertThat(answerTo("outside"))
                .isEqualTo("error target not allowed: 192.0.2.7 is neither allocated on this gateway nor a host of"
                        + " 10.15.3.0/24");
        assertThat(answerTo("inside"))
                .isEqualTo("error target not allowed: 127.0.0.1 is a loopback or link-local address");
        assertThat(answerTo("router")).startsWith("error target not allowed: 10.15.3.1 is ");
    }

    @Test
    void aVpsThatIsNotThereHasNoRoute() {
        assertThat(answerTo("absent")).isEqualTo("error no route");
        assertThat(answerTo("10.15.3.82")).isEqualTo("error no route");
    }

    @Test
    void aVpsThatDoesNotAnswerTimesOut() {
        assertThat(answerTo("vps-1")).isEqualTo("connected");
        world.lab().silence(vps.addresses().get(0));
        try {
            assertThat(answerTo("vps-1")).isEqualTo("error timed out after 5 s");
        } finally {
            world.lab().endSilence();
        }
    }

    @Test
    void aVpsWithoutSshdRefuses() {
        world.api().allocate("vps-2", MacAddress.parse("02:00:00:00:00:02"));
        Ipv4Address address = world.bootedVps("vps-2", MacAddress.parse("02:00:00:00:00:02"))
                .addresses()
                .get(0);
        assertThat(answerTo("vps-2")).isEqualTo("error connection refused by " + address + ":22");
    }

    @Test
    void withoutDnsmasqNamesOfTheTableAreStillReached() {
        ProcessHandle dnsmasq = world.dnsmasq();
        Programs.freeze(dnsmasq);
        try {
            assertThat(answerTo("vps-1")).isEqualTo("connected");
            assertThat(answerTo("nowhere")).isEqualTo("error nowhere has no address on this gateway");
        } finally {
            Programs.thaw(dnsmasq);
        }
        await().until(world::answersDns);
    }

    private String answerTo(String target) {
        stream.connect("c", target, 0, "");
        String answer = stream.next();
        if (answer.equals("c connected")) {
            // Another stays open, so that the stream does.
            stream.close("c");
            stream = client.stream();
        }
        return answer.substring("c ".length());
    }
}
