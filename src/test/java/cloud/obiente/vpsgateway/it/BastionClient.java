package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * People with OpenSSH's client, in front of a world whose gateway has a bastion: their keys, the file of those who may log
 * in, and one VPS. Each has an address of its own, so that nobody's failures are another's.
 */
final class BastionClient {
    static final int PORT = 2222;
    static final String VPS = "vps-1";
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final World world;
    private final Path files;
    private final Path authorized;
    private int addresses;

    private BastionClient(World world, Path files) {
        this.world = world;
        this.files = files;
        this.authorized = files.resolve("authorized_keys");
    }

    /** Tells the world that it has a bastion; its gateway must not have been started yet. */
    static BastionClient of(World world, String name) {
        BastionClient client = new BastionClient(world, Sandbox.directory(name));
        client.authorize("# nobody yet");
        world.with("GATEWAY_SSH_BASTION_PORT", String.valueOf(PORT))
                .with("GATEWAY_SSH_AUTHORIZED_KEYS", client.authorized.toString());
        return client;
    }

    /** The VPS with an sshd, at its address. */
    Vps startVps() {
        world.api().allocate(VPS, MAC);
        Vps vps = world.lab().vpsWithSshd(VPS, MAC);
        assertThat(vps.udhcpcOnce()).isPresent();
        return vps;
    }

    Path file(String name) {
        return files.resolve(name);
    }

    /** A new key; its public half is in the file of that name with ".pub". */
    Path key(String name, String... options) {
        Path key = files.resolve(name);
        List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-N", "", "-C", name, "-f", key.toString()));
        Stream.of(options).forEach(command::add);
        Command.run(command);
        return key;
    }

    /** The line of its public half. */
    static String line(Path key) {
        try {
            return Files.readString(Path.of(key + ".pub")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String fingerprint(Path key) {
        return Command.run(List.of("ssh-keygen", "-l", "-f", key.toString())).split(" ")[1];
    }

    /** These may log in, and nobody else; the gateway sees it within two seconds. */
    void authorize(String... lines) {
        try {
            Path fresh = files.resolve("authorized_keys.new");
            Files.writeString(fresh, String.join("\n", lines) + "\n");
            Files.move(fresh, authorized, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Somebody with one key, at an address that nobody else has.
     *
     * @param options lines of ssh_config(5) for the connection to the bastion, not for the one to the VPS
     */
    Person person(Path key, String... options) {
        addresses++;
        return new Person(key, "127.0.0.1", "127.0.1." + addresses, options);
    }

    /** Somebody on a VPS, who comes to the gateway's host over its network. To be run there. */
    Person personOn(Vps vps, Path key) {
        return new Person(key, Lab.GATEWAY.toString(), vps.addresses().get(0).toString());
    }

    /** A user of OpenSSH's client. */
    final class Person {
        private final String bastion;
        private final String address;
        private final Path config;

        private Person(Path key, String bastion, String address, String... options) {
            this.bastion = bastion;
            this.address = address;
            this.config = files.resolve("config-" + address);
            String text = String.join(
                    "\n",
                    "Host " + bastion,
                    "  BindAddress " + address,
                    "  IdentityFile " + key,
                    String.join("\n", options),
                    "Host *",
                    "  StrictHostKeyChecking no",
                    "  UserKnownHostsFile " + files.resolve("known_hosts"),
                    // At this level a client says why a channel was refused.
                    "  LogLevel INFO",
                    "  IdentitiesOnly yes",
                    "  IdentityAgent none",
                    "  BatchMode yes",
                    "  ConnectTimeout 20",
                    "  GlobalKnownHostsFile /dev/null",
                    "Host vps-* 10.* 8.* 169.*",
                    "  User root",
                    "  IdentityFile " + world.lab().loginKey(),
                    "");
            try {
                Files.writeString(config, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String address() {
            return address;
        }

        private String place() {
            return "ops@" + bastion + ":" + PORT;
        }

        /** A command of OpenSSH's, such as scp, that goes through the bastion. */
        List<String> throughBastion(String program, String... arguments) {
            List<String> command =
                    new ArrayList<>(List.of(program, "-F", config.toString(), "-o", "ProxyJump=" + place()));
            Stream.of(arguments).forEach(command::add);
            return command;
        }

        /** ssh -J, as people write it. */
        List<String> jump(String... arguments) {
            List<String> command = new ArrayList<>(List.of("ssh", "-F", config.toString()));
            command.addAll(List.of("-J", place()));
            Stream.of(arguments).forEach(command::add);
            return command;
        }

        /** ssh to the bastion itself; options before the host. */
        List<String> toBastion(List<String> options, String... command) {
            List<String> whole = new ArrayList<>(List.of("ssh", "-F", config.toString(), "-p", String.valueOf(PORT)));
            whole.addAll(options);
            whole.add("ops@" + bastion);
            Stream.of(command).forEach(whole::add);
            return whole;
        }

        /** What rsync calls for a connection. */
        String shell() {
            return String.join(" ", throughBastion("ssh"));
        }

        /** Whether the key is accepted; nothing is asked for behind it. */
        boolean canLogIn() {
            return Command.attempt(toBastion(List.of())).output().contains("ssh -J");
        }
    }
}
