package cloud.obiente.vpsgateway.app.check;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Whether upstream resolvers answer at all. Blocks for {@value #TIMEOUT_MILLIS} ms for each that does not. */
final class ResolverChecks {
    private static final int TIMEOUT_MILLIS = 1_000;
    private static final int DNS_PORT = 53;

    /** Which name servers does the root have? RFC 1035, section 4.1: header, the empty name, type NS, class IN. */
    private static final byte[] QUESTION = {0x5a, 0x17, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};

    private ResolverChecks() {}

    static List<Finding> of(List<Ipv4Address> upstream) {
        List<Finding> findings = new ArrayList<>();
        for (Ipv4Address resolver : upstream) {
            String subject = "upstream DNS " + resolver;
            findings.add(
                    answers(resolver, DNS_PORT)
                            ? Finding.ok(subject, "answers")
                            : Finding.warning(
                                    subject,
                                    "it has not answered within " + TIMEOUT_MILLIS + " ms",
                                    "VPSs that ask it, or this gateway, get no names of the internet, or late",
                                    "correct GATEWAY_DHCP_DNS, or let UDP port 53 through to it"));
        }
        return findings;
    }

    static boolean answers(Ipv4Address resolver, int port) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(resolver.octets()), port));
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.send(new DatagramPacket(QUESTION, QUESTION.length));
            DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
            socket.receive(answer);
            return answer.getLength() >= 12 && answer.getData()[0] == QUESTION[0] && answer.getData()[1] == QUESTION[1];
        } catch (IOException silent) {
            return false;
        }
    }
}
