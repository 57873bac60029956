package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static cloud.obiente.vpsgateway.bench.Figures.median;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.ssh.bastion.RawSshClient;
import cloud.obiente.vpsgateway.ssh.bastion.UnreadClients;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Logged-in clients of the bastion that ask and do not read the answers, and somebody's scp beside them. */
class UnreadAnswersBench {
    private static final int CLIENTS = 1_000;
    private static final int MEBIBYTES = 64;
    private static final int COPIES = 3;
    private static final long MAX_GROWTH_KILOBYTES = 20 << 10;
    private static final String PORT = "2222";

    private final Path files = Sandbox.directory("bench-unread");
    private final Path payload = files.resolve("payload");

    @Test
    void residentStaysFlatAndCopiesGoOn() throws IOException {
        Map<String, String> settings = GatewayProcess.settings(files.resolve("state"));
        settings.put("GATEWAY_SSH_BASTION_PORT", PORT);
        settings.put("GATEWAY_SSH_BASTION_MAX_CONNECTIONS", String.valueOf(2 * CLIENTS));
        settings.put("GATEWAY_SSH_BASTION_MAX_UNAUTHENTICATED", String.valueOf(CLIENTS));
        settings.put("GATEWAY_SSH_AUTHORIZED_KEYS", files.resolve("keys").toString());
        try (Lab lab = Lab.create();
                RawSshClient ssh = new RawSshClient();
                UnreadClients clients = new UnreadClients(ssh)) {
            Files.writeString(
                    files.resolve("keys"), Files.readString(Path.of(lab.loginKey() + ".pub")) + ssh.publicKey() + "\n");
            Command.run(List.of("truncate", "-s", MEBIBYTES + "M", payload.toString()));
            try (GatewayProcess gateway = GatewayProcess.start(settings);
                    GatewayClient client = gateway.awaitReady().client()) {
                boot(lab, client);
                List<String> scp = scp(lab);
                copies(scp);
                double alone = median(copies(scp));
                long base = Processes.residentKilobytes(gateway.pid());
                clients.logIn(Integer.parseInt(PORT), CLIENTS);
                long before = Processes.residentKilobytes(gateway.pid());
                report("idle", alone, alone, before, base);

                int sent = clients.askUntilHeld();
                long openBefore = clients.open();
                double[] beside = copies(scp);
                long held = Processes.residentKilobytes(gateway.pid());
                report(
                        format(
                                "held after %,d requests, %d of them open before the copies and %d after",
                                sent, openBefore, clients.open()),
                        median(beside),
                        alone,
                        held,
                        before);
                assertThat(gateway.isAlive()).isTrue();
                assertThat(held - before).isLessThan(MAX_GROWTH_KILOBYTES);
            }
        }
    }

    private static void report(String what, double beside, double alone, long resident, long before) {
        Figures.print(
                format("scp of %d MiB beside %d clients, %s", MEBIBYTES, CLIENTS, what),
                format("%.0f / %.0f MiB/s = %.0f %%", beside, alone, 100 * beside / alone),
                "≥ 90 %");
        Figures.print(
                format("resident, %s", what),
                format("%.0f MiB, %+.1f", resident / 1024.0, (resident - before) / 1024.0),
                "within 20 MiB");
    }

    private static void boot(Lab lab, GatewayClient client) {
        MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
        client.calls()
                .allocateIP(AllocateIPRequest.newBuilder()
                        .setVpsId("vps-1")
                        .setOrganizationId("org-1")
                        .setMacAddress(mac.toString())
                        .build());
        assertThat(lab.vpsWithSshd("vps-1", mac).udhcpcOnce()).isPresent();
    }

    private List<String> scp(Lab lab) throws IOException {
        Path config = files.resolve("config");
        Files.writeString(
                config,
                String.join(
                        "\n",
                        "Host *",
                        "  IdentityFile " + lab.loginKey(),
                        "  IdentitiesOnly yes",
                        "  StrictHostKeyChecking no",
                        "  UserKnownHostsFile /dev/null",
                        "  LogLevel ERROR",
                        ""));
        return List.of(
                "scp",
                "-F",
                config.toString(),
                "-o",
                "ProxyJump=ops@127.0.0.1:" + PORT,
                payload.toString(),
                "root@vps-1:" + files.resolve("copy"));
    }

    /** @return MiB per second of each */
    private static double[] copies(List<String> scp) {
        double[] rates = new double[COPIES];
        for (int i = 0; i < COPIES; i++) {
            long begun = System.nanoTime();
            Command.run(scp);
            rates[i] = MEBIBYTES / ((System.nanoTime() - begun) / 1e9);
        }
        return rates;
    }
}
