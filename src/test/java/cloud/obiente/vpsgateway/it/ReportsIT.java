package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was reported of comparable systems, tried here: docs/reports-tried.md says where each comes from. */
class ReportsIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");

    private final World world = World.create("reports");

    @AfterEach
    void stop() {
        world.close();
    }

    /** Files written under a strict umask could not be read by a dnsmasq that is not root. */
    @Test
    void changesAreServedUnderAStrictUmask() {
        world.launch("/bin/sh", "-c", "umask 077 && exec \"$@\"", "sh");
        world.gateway().awaitReady();

        Ipv4Address first = world.api().allocate("vps-1", MAC);
        Ipv4Address second = world.api().allocate("vps-2", OTHER_MAC);

        assertThat(world.resolve("vps-1")).containsExactly(first);
        assertThat(world.resolve("vps-2")).containsExactly(second);
        assertThat(world.bootedVps("vps-2", OTHER_MAC).addresses()).contains(second);
        assertThat(world.gateway().output()).doesNotContain("Permission denied");
    }

    /** A server that had lost its lease file refused each renewal, and clients began anew. */
    @Test
    void aClientRenewsItsLeaseAfterTheLeaseFileWasLost() throws IOException {
        world.start();
        Ipv4Address given = world.api().allocate("vps-1", MAC);
        Vps vps = world.vps("vps-1", MAC);
        vps.startClient(DhcpClient.UDHCPC);
        Path leases = world.files().directory().resolve("dnsmasq.leases");
        ProcessHandle dnsmasq = world.dnsmasq();

        Files.delete(leases);
        await().until(() -> !dnsmasq.isAlive() && world.gateway().isReady());
        // To udhcpc: renew now.
        vps.exec("pkill", "-USR1", "udhcpc");

        await("the lease is known again").until(() -> Files.readString(leases).contains(MAC.toString()));
        assertThat(vps.addresses()).contains(given);
    }

    /** "Not using configured address because it is leased to" the VPS that had it before and was destroyed. */
    @Test
    void anAddressOfADestroyedVpsIsServedToTheNext() {
        world.start();
        Ipv4Address given = world.api().allocate("old", MAC);
        world.bootedVps("old", MAC).destroy();
        world.api().release("old");

        world.api().allocate("new", OTHER_MAC, given);

        assertThat(world.vps("new", OTHER_MAC).boot()).map(VpsLease::address).hasValue(given);
    }

    /** Two requests at one moment got one address; the same request twice got two. */
    @Test
    void requestsAtOneMomentGetAnAddressEachAndTheSameOneAgain() {
        world.start();
        List<CompletableFuture<Ipv4Address>> asked = IntStream.range(0, 24)
                .mapToObj(i -> Background.supply("request " + i, () -> world.api()
                        .allocate(
                                "vps-" + i % 12,
                                MacAddress.parse(String.format(Locale.ROOT, "02:00:00:00:01:%02d", i % 12)))))
                .toList();

        List<Ipv4Address> given = asked.stream().map(CompletableFuture::join).toList();

        assertThat(given.subList(0, 12)).doesNotHaveDuplicates().isEqualTo(given.subList(12, 24));
        world.assertEverythingAgrees();
    }

    /** A process that watches dnsmasq took SIGHUP for its own end. */
    @Test
    void sighupIsNoEnd() {
        world.start();

        Command.run(List.of("kill", "-HUP", String.valueOf(world.gateway().pid())));

        await().until(() -> world.gateway().output().contains("SIGHUP: read again"));
        assertThat(world.gateway().isAlive()).isTrue();
        assertThat(world.gateway().isReady()).isTrue();
    }
}
