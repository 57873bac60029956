package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.LogLines;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What dnsmasq complains of, from its line to ours. */
class ComplaintsTest implements DnsmasqListener {
    private static final String CATEGORY = Complaints.class.getName();
    private static final String TOO_MANY = "dnsmasq[17]: Maximum number of concurrent DNS queries reached (max: 150)";

    private final LogParser parser =
            new LogParser(Path.of("/state/dnsmasq.hosts"), Path.of("/state/dnsmasq.dhcp-hosts"));
    private final List<Object> told = new ArrayList<>();
    private long now = -Duration.ofDays(1).toNanos();
    private final Complaints complaints = new Complaints(this, new WarningLimit(now));

    @Override
    public void complained() {
        told.add("complaint");
    }

    @Override
    public void limitReached(Limit limit) {
        told.add(limit);
    }

    private void hear(String line) {
        LogEvent event = parser.parse(line).orElse(null);
        if (event instanceof LogEvent.Complaint complaint) {
            complaints.heard(complaint.text(), now);
        } else if (event instanceof LogEvent.LimitReached limit) {
            complaints.heard(limit.limit(), limit.text(), now);
        }
    }

    @Test
    void aLimitIsNamedCountedAndShownForAWhile() throws Exception {
        List<String> log = LogLines.during(CATEGORY, () -> {
            for (int i = 0; i < 100; i++) {
                hear(TOO_MANY);
            }
        });

        assertThat(log).hasSize(1);
        assertThat(log.get(0))
                .contains("questions that wait for an upstream resolver")
                .contains("(max: 150)");
        assertThat(told).hasSize(100).containsOnly(Limit.CONCURRENT_QUESTIONS);
        assertThat(complaints.remarks(now)).hasSize(1);
        assertThat(complaints.remarks(now + Duration.ofMinutes(6).toNanos())).isEmpty();
    }

    @Test
    void noLeaseLeftIsALimit() {
        hear("dnsmasq-dhcp[17]: DHCPREQUEST(eth0) 10.15.3.20 02:00:00:00:00:01 no leases left");

        assertThat(told).containsExactly(Limit.LEASES);
    }

    @Test
    void whatIsNotKnownIsLoggedOnceAMinuteAndTheRestCounted() throws Exception {
        List<String> log = LogLines.during(CATEGORY, () -> {
            for (int i = 0; i < 50; i++) {
                hear("dnsmasq[17]: nameserver 10.0.0." + i + " refused to do a recursive query");
            }
            now += Duration.ofMinutes(1).toNanos();
            hear("dnsmasq[17]: nameserver 10.0.0.7 refused to do a recursive query");
        });

        assertThat(log)
                .containsExactly(
                        "dnsmasq: nameserver 10.0.0.0 refused to do a recursive query",
                        "dnsmasq: nameserver 10.0.0.7 refused to do a recursive query (and 49 like it since the last such"
                                + " line)");
        assertThat(told).hasSize(51);
    }

    @Test
    void strangersCanNeitherFloodTheLogNorWriteInIt() throws Exception {
        List<String> log = LogLines.during(CATEGORY, () -> {
            for (int i = 0; i < 5_000; i++) {
                hear("dnsmasq-dhcp[17]: " + Integer.toString(i, 36) + " \u001b[2J\u009bforged");
            }
        });

        assertThat(log).hasSizeLessThanOrEqualTo(20).allMatch(line -> line.chars()
                .allMatch(c -> c >= ' ' && c <= '~'));
    }

    @Test
    void aDeclineIsLoggedOnceAMinuteForEachMac() throws Exception {
        Ipv4Address address = Ipv4Address.parse("10.15.3.20");
        List<String> log = LogLines.during(CATEGORY, () -> {
            for (int i = 0; i < 30; i++) {
                complaints.declined(address, MacAddress.parse("02:00:00:00:00:01"), now);
                complaints.declined(address, MacAddress.parse("02:00:00:00:00:02"), now);
            }
        });

        assertThat(log).hasSize(2).allMatch(line -> line.contains("(may be forged)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dnsmasq[18974]: started, version 2.90 cachesize 150",
                "dnsmasq[18974]: compile time options: IPv6 GNU-getopt DBus",
                "dnsmasq[18974]: warning: no upstream servers configured",
                "dnsmasq-dhcp[18974]: DHCP, static leases only on 10.15.3.0, lease time 1h",
                "dnsmasq-dhcp[18974]: DHCP, sockets bound exclusively to interface eth0",
                "dnsmasq[18974]: using nameserver 1.1.1.1#53",
                "dnsmasq[18974]: using only locally-known addresses for vps.local",
                "dnsmasq[18974]: read /state/dnsmasq.hosts - 1 names",
                "dnsmasq[18974]: cleared cache",
                "dnsmasq-dhcp[18974]: DHCPACK(eth0) 10.15.3.20 02:00:00:00:00:01 vps-1",
                "dnsmasq-dhcp[18974]: 2718281828 client provides name: x",
                "dnsmasq[18974]: query[A] vps-1.vps.local from 10.15.3.20",
                "dnsmasq[18974]: exiting on receipt of SIGTERM",
                "",
            })
    void ordinaryWorkIsNoComplaint(String line) {
        hear(line);

        assertThat(told).isEmpty();
    }
}
