package cloud.obiente.vpsgateway.it;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What must never be dialed, whoever asks for it, where vps-1 is the only VPS. */
final class RefusedTargets {
    private static final int SSH = 22;

    private RefusedTargets() {}

    /** @param host as a caller writes it */
    record Target(String host, int port) {
        @Override
        public String toString() {
            return "'" + host + "' on port " + port;
        }
    }

    static List<Target> all() {
        List<Target> all = new ArrayList<>();
        Stream.of(addresses(), otherNotations(), names())
                .flatMap(List::stream)
                .forEach(host -> all.add(new Target(host, SSH)));
        for (int port : new int[] {1, 21, 23, 53, 80, 443, 1537, 2222, 9091, 65535}) {
            all.add(new Target("vps-1", port));
        }
        return all;
    }

    /** In the notation that everybody reads in the same way; 198.51.100.1 is another address of the gateway's host. */
    static List<String> addresses() {
        List<String> addresses = new ArrayList<>(List.of(
                "169.254.169.254",
                "169.254.0.1",
                "0.0.0.0",
                "255.255.255.255",
                "224.0.0.1",
                "240.0.0.1",
                "198.51.100.1",
                "198.51.100.9",
                "10.15.3.0",
                "10.15.3.1",
                "10.15.3.255"));
        for (int last : new int[] {1, 2, 53, 128, 254}) {
            for (String net : List.of(
                    "127.0.0.",
                    "127.255.0.",
                    "10.15.2.",
                    "10.15.4.",
                    "10.0.0.",
                    "172.16.0.",
                    "192.168.0.",
                    "100.64.0.",
                    "1.1.1.",
                    "8.8.8.")) {
                addresses.add(net + last);
            }
        }
        return addresses;
    }

    /** What some programs take for an address that is refused, or for one that is not. */
    private static List<String> otherNotations() {
        return List.of(
                "127.1",
                "2130706433",
                "0x7f000001",
                "0177.0.0.1",
                "010.15.3.1",
                "10.15.3.1/32",
                " 10.15.3.1",
                "10.15.3.1:22",
                "vps-1:22",
                "::1",
                "[::1]",
                "fe80::1",
                "::ffff:127.0.0.1",
                "::ffff:10.15.3.1",
                "64:ff9b::a0f:301");
    }

    private static List<String> names() {
        return List.of(
                "",
                "localhost",
                "example.com",
                "metadata.google.internal",
                "vps-2",
                "vps-2.vps.local",
                "vps-1.example.com");
    }
}
