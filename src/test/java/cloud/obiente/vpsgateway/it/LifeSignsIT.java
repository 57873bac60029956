package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.MacAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A dnsmasq that does not answer the gateway because it has too much to do. */
class LifeSignsIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final int FLOOD_SECONDS = Effort.of(15, 60);
    private static final String FLOOD = """
            import socket,threading,time
            idle=socket.create_connection(('SERVER',53))
            end=time.time()+SECONDS
            def ask():
                s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
                q=b'\\0\\1\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\5flood\\3vps\\5local\\0\\0\\1\\0\\1'
                while time.time()<end: s.sendto(q,('SERVER',53))
            t=[threading.Thread(target=ask) for _ in range(4)]
            [x.start() for x in t]; [x.join() for x in t]""";

    private final World world = World.create("life-signs");

    @AfterEach
    void stop() {
        world.close();
    }

    private double restarts() {
        return world.scrape().sum("vps_gateway_dhcp_server_restarts_total");
    }

    @Test
    void aFloodIsNoReasonToEndWhoStandsInIt() {
        world.start();
        world.api().allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        ProcessHandle dnsmasq = world.dnsmasq();

        vps.exec(
                "python3",
                "-c",
                FLOOD.replace("SERVER", Lab.GATEWAY.toString()).replace("SECONDS", String.valueOf(FLOOD_SECONDS)));

        assertThat(dnsmasq.isAlive()).isTrue();
        assertThat(restarts()).isZero();
        await().until(() -> world.gateway().isReady());
        assertThat(vps.boot()).isPresent();
    }
}
