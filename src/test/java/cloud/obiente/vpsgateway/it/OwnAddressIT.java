package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.LeaseRecord;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GATEWAY_DHCP_LISTEN_IP is not set, and the interface gets an address of the pool while the gateway runs. */
class OwnAddressIT {
    private static final Ipv4Address FIRST = Ipv4Address.parse("10.15.3.20");
    private static final Ipv4Address SECOND = Ipv4Address.parse("10.15.3.21");
    private static final Ipv4Address THIRD = Ipv4Address.parse("10.15.3.22");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final String MOVED =
            "vps-1 held 10.15.3.20, which is this gateway's own address now; it has 10.15.3.21 instead";

    private final World world = World.create("own-address");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void anAddressThatComesLateIsTakenFromItsHolderAndNeverGivenAgain() {
        address("del", Ipv4Address.parse("10.15.3.1"));
        world.launch();
        AtomicReference<Ipv4Address> given = new AtomicReference<>();
        await().ignoreExceptionsMatching(StatusRuntimeException.class::isInstance)
                .untilAsserted(() -> given.set(world.api().allocate("vps-1", MAC)));
        assertThat(given.get()).isEqualTo(FIRST);

        address("add", FIRST);

        await().until(() -> world.gateway().output().contains(MOVED));
        world.gateway().awaitReady();
        assertThat(world.listed()).containsExactly(new Holding("vps-1", SECOND, MAC));
        assertThat(world.api().allocate("vps-1", MAC)).isEqualTo(SECOND);
        assertThat(world.api().allocate("vps-2")).isEqualTo(THIRD);
        assertThatThrownBy(() -> world.api().allocate("vps-3", FIRST.toString()))
                .hasMessageContaining("is reserved");
        assertThat(world.vps("vps-1", MAC).udhcpcOnce().map(VpsLease::address)).hasValue(SECOND);
        address("add", Ipv4Address.parse("10.15.3.1"));
        assertThat(world.resolve("vps-1")).containsExactly(SECOND);
        world.gateway().kill9();
        world.start();
        assertThat(world.api().allocate("vps-1", MAC)).as("durable").isEqualTo(SECOND);
    }

    @Test
    void theLeaseOfItsHolderEnds() {
        world.start();
        world.api().allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        assertThat(world.api().leases()).hasSize(1);

        address("add", FIRST);

        await().untilAsserted(() -> assertThat(world.api().leases())
                .extracting(LeaseRecord::getIpAddress)
                .doesNotContain(FIRST.toString()));
        assertThat(world.gateway().output()).contains(MOVED);
        assertThat(vps.dhcpOnce(DhcpClient.UDHCPC, Duration.ofSeconds(30)).map(VpsLease::address))
                .hasValue(SECOND);
    }

    @Test
    void anAddressThatTheHostHasLostIsGivenAgain() {
        address("add", FIRST);
        world.start();
        assertThat(world.api().allocate("vps-1", MAC)).isEqualTo(SECOND);

        address("del", FIRST);

        // A VPS that was here before would get its own address back.
        AtomicInteger tries = new AtomicInteger();
        await().untilAsserted(() -> {
            String vps = "new-" + tries.incrementAndGet();
            Ipv4Address given = world.api().allocate(vps);
            world.api().release(vps);
            assertThat(given).isEqualTo(FIRST);
        });
    }

    private static void address(String verb, Ipv4Address address) {
        Command.run(List.of("ip", "addr", verb, address + "/24", "dev", "eth0"));
    }
}
