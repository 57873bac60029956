package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import cloud.obiente.vpsgateway.hostnet.segment.NeighbourEntry.State;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks the segment who uses an address, without a raw socket: a datagram to it makes the kernel ask by ARP (RFC 826), and its
 * neighbour table has the answer. Blocks, 20 s at most; for one thread at a time. One run of {@code ip} reads the table,
 * however many addresses are asked for.
 */
final class ArpProbe implements AddressProbe {
    /** Discard (RFC 863): the host with the address discards the datagram. */
    private static final int DISCARD = 9;

    private static final Duration FIRST_CHECK = Duration.ofMillis(100);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    /** An old entry is used for 5 s, then asked for three times by unicast, then forgotten, then asked for anew: 11 s. */
    private static final int MAX_CHECKS = 16;

    private final HostTools tools;
    private final SegmentInterface segment;

    ArpProbe(HostTools tools, SegmentInterface segment) {
        this.tools = tools;
        this.segment = segment;
    }

    @Override
    public Map<Ipv4Address, ArpAnswer> probe(Collection<Ipv4Address> addresses) throws InterruptedException {
        Optional<String> fault = segment.fault();
        List<Ipv4Address> own = segment.ownAddresses().get();
        if (fault.isPresent() || own.isEmpty()) {
            return unknown(addresses, fault.orElse("interface " + segment.name() + " has just lost its address"));
        }
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.bind(socketAddress(own.get(0), 0));
            channel.configureBlocking(false);
            return answers(channel, addresses);
        } catch (IOException e) {
            return unknown(addresses, e.getMessage());
        }
    }

    private Map<Ipv4Address, ArpAnswer> answers(DatagramChannel channel, Collection<Ipv4Address> addresses)
            throws IOException, InterruptedException {
        Set<Ipv4Address> knownBefore = table().entrySet().stream()
                .filter(entry -> entry.getValue().mac().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(HashSet::new));
        Map<Ipv4Address, ArpAnswer> answers = new HashMap<>();
        Set<Ipv4Address> pending = new LinkedHashSet<>(addresses);
        pending.removeIf(address -> !send(channel, address, answers));
        for (int check = 0; check < MAX_CHECKS && !pending.isEmpty(); check++) {
            Thread.sleep((check == 0 ? FIRST_CHECK : CHECK_INTERVAL).toMillis());
            Map<Ipv4Address, NeighbourEntry> table = table();
            for (Ipv4Address address : List.copyOf(pending)) {
                Optional<NeighbourEntry> found = Optional.ofNullable(table.get(address));
                // Only the MAC that was known has been asked: another host may have taken its place.
                if (found.filter(entry -> entry.state() == State.FAILED).isPresent() && knownBefore.remove(address)) {
                    send(channel, address, answers);
                } else {
                    answer(found).ifPresent(known -> {
                        answers.put(address, known);
                        pending.remove(address);
                    });
                }
            }
        }
        answers.putAll(unknown(pending, "the kernel has not found out in time"));
        // The interface may have gone meanwhile, and then silence is nobody's.
        Optional<String> fault = segment.fault();
        fault.ifPresent(why -> answers.replaceAll(
                (address, answer) -> answer instanceof ArpAnswer.Silent ? new ArpAnswer.Unknown(why) : answer));
        return answers;
    }

    private static boolean send(DatagramChannel channel, Ipv4Address address, Map<Ipv4Address, ArpAnswer> answers) {
        try {
            channel.send(ByteBuffer.allocate(1), socketAddress(address, DISCARD));
            return true;
        } catch (IOException refused) {
            // A full neighbour table (gc_thresh3), a packet filter, no route.
            answers.put(address, new ArpAnswer.Unknown("a datagram cannot be sent: " + refused.getMessage()));
            return false;
        }
    }

    /** Empty while the kernel is still at it. No entry: another interface leads there, or the table was full. */
    private static Optional<ArpAnswer> answer(Optional<NeighbourEntry> entry) {
        return switch (entry.map(NeighbourEntry::state).orElse(State.FIXED)) {
            case CONFIRMED -> entry.flatMap(NeighbourEntry::mac).map(ArpAnswer.Answered::new);
            case FAILED -> Optional.of(new ArpAnswer.Silent());
            case FIXED -> Optional.of(new ArpAnswer.Unknown("the kernel does not ask for it on this interface"));
            case PENDING, OLD -> Optional.empty();
        };
    }

    private Map<Ipv4Address, NeighbourEntry> table() throws IOException {
        ToolResult result =
                tools.run("ip", "-4", "neigh", "show", "dev", segment.name().text());
        if (!result.succeeded()) {
            throw new IOException("the neighbour table cannot be read: " + result.complaint());
        }
        return NeighbourEntry.parse(result.output());
    }

    private static Map<Ipv4Address, ArpAnswer> unknown(Collection<Ipv4Address> addresses, String why) {
        return addresses.stream()
                .distinct()
                .collect(Collectors.toMap(address -> address, address -> new ArpAnswer.Unknown(why)));
    }

    private static InetSocketAddress socketAddress(Ipv4Address address, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(address.octets()), port);
    }
}
