package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** What has arrived at a UDP port and was not read yet, as the kernel counts it (proc(5), {@code /proc/net/udp}). Stateless. */
final class UnreadQuestions {
    private static final Logger LOG = Logger.getLogger(UnreadQuestions.class);
    private static final Path SOCKETS = Path.of("/proc/self/net/udp");
    private static final int LOCAL_ADDRESS = 1;
    private static final int QUEUES = 4;

    private UnreadQuestions() {}

    /** Octets, with what the kernel adds to each packet; 0 also when nobody listens there. */
    static long octets(Ipv4Address address, int port) {
        // Not UTF-8: nothing but ASCII is in it.
        try (Stream<String> lines = Files.lines(SOCKETS, StandardCharsets.ISO_8859_1)) {
            return octets(lines, address, port);
        } catch (IOException e) {
            LOG.debugf(e, "%s cannot be read", SOCKETS);
            return 0;
        }
    }

    static long octets(Stream<String> lines, Ipv4Address address, int port) {
        String own = socket(
                ByteBuffer.wrap(address.octets()).order(ByteOrder.nativeOrder()).getInt(), port);
        String any = socket(0, port);
        return lines.skip(1)
                .map(line -> line.strip().split(" +", -1))
                .filter(fields -> fields.length > QUEUES)
                .filter(fields -> fields[LOCAL_ADDRESS].equals(own) || fields[LOCAL_ADDRESS].equals(any))
                .mapToLong(fields -> Long.parseLong(fields[QUEUES].substring(fields[QUEUES].indexOf(':') + 1), 16))
                .sum();
    }

    private static String socket(int address, int port) {
        return String.format(Locale.ROOT, "%08X:%04X", address, port);
    }
}
