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
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** scp of 1 GiB through the bastion, beside the same through an OpenSSH server as the host to jump over. */
class BastionBench {
    private static final int ROUNDS = 3;
    private static final int MEBIBYTES = 1024;
    private static final String PORT = "2222";

    private final Path files = Sandbox.directory("bench-bastion");

    @Test
    void copies() throws IOException {
        Map<String, String> settings = GatewayProcess.settings(files.resolve("state"));
        settings.put("GATEWAY_SSH_BASTION_PORT", PORT);
        settings.put("GATEWAY_SSH_AUTHORIZED_KEYS", files.resolve("keys").toString());
        try (Lab lab = Lab.create()) {
            Files.copy(Path.of(lab.loginKey() + ".pub"), files.resolve("keys"));
            try (GatewayProcess gateway = GatewayProcess.start(settings);
                    GatewayClient client = gateway.awaitReady().client()) {
                Way bastion = new Way("ops@127.0.0.1:" + PORT, "vps-1");
                Way openSsh = new Way("root@" + boot(lab, client, 2), boot(lab, client, 1));
                Command.run(List.of("truncate", "-s", MEBIBYTES + "M", payload().toString()));
                measure(
                        "client's choice",
                        lab,
                        bastion,
                        openSsh,
                        "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com");
                measure("aes128-gcm", lab, bastion, openSsh, "aes128-gcm@openssh.com");
            }
        }
    }

    private Path payload() {
        return files.resolve("payload");
    }

    /** @return its address */
    private static String boot(Lab lab, GatewayClient client, int number) {
        MacAddress mac = MacAddress.parse("02:00:00:00:00:0" + number);
        String address = client.calls()
                .allocateIP(AllocateIPRequest.newBuilder()
                        .setVpsId("vps-" + number)
                        .setOrganizationId("org-1")
                        .setMacAddress(mac.toString())
                        .build())
                .getIpAddress();
        assertThat(lab.vpsWithSshd("vps-" + number, mac).udhcpcOnce()).isPresent();
        return address;
    }

    /**
     * @param jump over whom
     * @param vps as it is called there
     */
    private record Way(String jump, String vps) {}

    private void measure(String what, Lab lab, Way bastion, Way openSsh, String ciphers) throws IOException {
        for (Direction direction : Direction.values()) {
            double[] ours = new double[ROUNDS];
            double[] theirs = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                ours[round] = copy(lab, bastion, ciphers, direction);
                theirs[round] = copy(lab, openSsh, ciphers, direction);
            }
            Figures.print(
                    format("scp of 1 GiB %s a VPS, %s: bastion / OpenSSH", direction.text, what),
                    format(
                            "%.0f / %.0f MiB/s = %.0f %%",
                            median(ours), median(theirs), 100 * median(ours) / median(theirs)),
                    "≥ 70 %");
        }
    }

    private enum Direction {
        TO("to"),
        FROM("from");

        private final String text;

        Direction(String text) {
            this.text = text;
        }
    }

    /** @return MiB per second */
    private double copy(Lab lab, Way way, String ciphers, Direction direction) throws IOException {
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
                        "  Ciphers " + ciphers,
                        ""));
        String remote = "root@" + way.vps() + ":" + files.resolve("copy");
        List<String> ends = direction == Direction.TO
                ? List.of(payload().toString(), remote)
                : List.of(remote, files.resolve("back").toString());
        long begun = System.nanoTime();
        Command.run(List.of("scp", "-F", config.toString(), "-o", "ProxyJump=" + way.jump(), ends.get(0), ends.get(1)));
        return MEBIBYTES / ((System.nanoTime() - begun) / 1e9);
    }
}
