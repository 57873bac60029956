package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.WrittenConfig.minimal;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.connections.ConnectionLimits;
import cloud.obiente.vpsgateway.dnsmasq.AdvertisedDns;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.grpc.ApiSecret;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import cloud.obiente.vpsgateway.net.Subnet;
import cloud.obiente.vpsgateway.ssh.PortSet;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.bastion.BastionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {

    @Test
    void leastConfigurationIsFilledUpWithTheDefaults() {
        assertThat(minimal().accepted())
                .isEqualTo(new ConfigResult.Valid(
                        new GatewaySettings(
                                new ApiSecretSettings(
                                        ApiSecret.parse(WrittenConfig.GOOD_SECRET),
                                        Optional.empty(),
                                        ApiSecret.Rule.STRONG_ONLY,
                                        Duration.ofMinutes(10)),
                                new ListenEndpoint(address("0.0.0.0"), 1537),
                                ConnectionLimits.of(2048, 256, Duration.ofSeconds(9), Duration.ofMinutes(10)),
                                Set.of(),
                                new ListenEndpoint(address("0.0.0.0"), 9091),
                                Optional.empty(),
                                new DhcpSettings(
                                        DhcpMode.FULL,
                                        new Ipv4Range(address("10.15.3.20"), address("10.15.3.199")),
                                        PoolShare.WHOLE,
                                        new Subnet(address("10.15.3.0"), 24),
                                        address("10.15.3.1"),
                                        new InterfaceName("vmbr1"),
                                        Optional.empty(),
                                        List.of(address("1.1.1.1"), address("1.0.0.1")),
                                        AdvertisedDns.BOTH,
                                        DomainName.parse("vps.local"),
                                        Duration.ofHours(1),
                                        Path.of("/var/lib/obiente/vps-gateway"),
                                        Duration.ofHours(1),
                                        UnknownClients.RESOLVE,
                                        53),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(15),
                                Optional.empty(),
                                Duration.ofMinutes(5),
                                new HostNetworkSettings(
                                        Optional.empty(),
                                        Optional.empty(),
                                        false,
                                        false,
                                        false,
                                        Optional.of(new DnsLimit(100, 500)),
                                        Optional.empty()),
                                365,
                                new SshSettings(
                                        List.of(),
                                        PortSet.parse("22"),
                                        new SshSettings.Limits(10_000, 256, 256, 64 << 20),
                                        Duration.ofSeconds(5),
                                        Optional.of(Duration.ofHours(12)),
                                        Duration.ofSeconds(60),
                                        Duration.ofSeconds(20),
                                        30),
                                Optional.empty(),
                                LogLevel.INFO),
                        List.of()));
    }

    @Test
    void everyVariableReachesItsSetting(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), "the-secret-in-the-file\n");
        WrittenConfig written = WrittenConfig.empty()
                .with("GATEWAY_API_SECRET_FILE", file.toString())
                .with("GATEWAY_API_SECRET_OVERLAP", "1h")
                .with("GATEWAY_GRPC_HOST", "10.0.0.1")
                .with("GATEWAY_GRPC_PORT", "2001")
                .with("GATEWAY_GRPC_IDLE_TIMEOUT", "20m")
                .with("GATEWAY_GRPC_MAX_CONNECTIONS", "500")
                .with("GATEWAY_GRPC_MAX_UNAUTHENTICATED", "100")
                .with("GATEWAY_GRPC_SECRET_TIMEOUT", "20s")
                .with("GATEWAY_CORS_ORIGINS", "https://panel.example, http://localhost:5173")
                .with("GATEWAY_METRICS_HOST", "10.0.0.2")
                .with("GATEWAY_METRICS_PORT", "2002")
                .with("GATEWAY_METRICS_ALLOWED_SOURCES", "10.9.0.0/16")
                .with("GATEWAY_DHCP_MODE", "DNS-only")
                .with("GATEWAY_DHCP_POOL_START", "10.1.0.10")
                .with("GATEWAY_DHCP_POOL_END", "10.1.1.9")
                .with("GATEWAY_DHCP_POOL_SHARE", "2/4")
                .with("GATEWAY_DHCP_SUBNET", "10.1.0.0/23")
                .with("GATEWAY_DHCP_SUBNET_MASK", "23")
                .with("GATEWAY_DHCP_GATEWAY", "10.1.1.254")
                .with("GATEWAY_DHCP_INTERFACE", "eth0.100")
                .with("GATEWAY_DHCP_LISTEN_IP", "127.0.0.1")
                .with("GATEWAY_DHCP_DNS", "9.9.9.9, 8.8.8.8,9.9.9.9")
                .with("GATEWAY_DHCP_ADVERTISE_DNS", "upstream")
                .with("GATEWAY_DHCP_DOMAIN", "vps.internal")
                .with("GATEWAY_DHCP_LEASE_TIME", "12h")
                .with("GATEWAY_DHCP_LEASES_DIR", "/srv/gateway/")
                .with("GATEWAY_DHCP_QUARANTINE", "1d")
                .with("GATEWAY_DHCP_UNKNOWN_CLIENTS", "adopt")
                .with("GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC", "true")
                .with("GATEWAY_DNS_PORT", "2003")
                .with("GATEWAY_DNS_RATE", "50")
                .with("GATEWAY_DNS_BURST", "80")
                .with("GATEWAY_RECONCILE_INTERVAL", "PT1M30S")
                .with("GATEWAY_SYNC_GRACE", "20m")
                .with("GATEWAY_RECLAIM_AFTER", "30d")
                .with("GATEWAY_SEGMENT_CHECK_INTERVAL", "0s")
                .with("GATEWAY_OUTBOUND_IP", "203.0.113.1")
                .with("GATEWAY_OUTBOUND_INTERFACE", "vmbr0")
                .with("GATEWAY_MANAGE_SYSCTL", "true")
                .with("GATEWAY_KEEP_RULES", "True")
                .with("GATEWAY_GUARD_PRIVATE", "TRUE")
                .with("GATEWAY_GUARD_BRIDGE", "vmbr1")
                .with("GATEWAY_EVENT_DAYS", "40")
                .with("GATEWAY_SSH_ALLOWED_TARGETS", "10.20.0.0/16, 192.0.2.7")
                .with("GATEWAY_SSH_ALLOWED_PORTS", "22,2200-2299")
                .with("GATEWAY_SSH_MAX_CONNECTIONS", "11")
                .with("GATEWAY_SSH_MAX_CONNECTIONS_PER_STREAM", "12")
                .with("GATEWAY_SSH_MAX_DIALS", "13")
                .with("GATEWAY_SSH_MAX_BUFFER", "1GiB")
                .with("GATEWAY_SSH_STALL", "7s")
                .with("GATEWAY_SSH_IDLE_TIMEOUT", "2h")
                .with("GATEWAY_SSH_KEEPALIVE", "30s")
                .with("GATEWAY_SSH_DRAIN", "40s")
                .with("GATEWAY_SSH_RECORD_DAYS", "7")
                .with("GATEWAY_SSH_BASTION_HOST", "10.0.0.3")
                .with("GATEWAY_SSH_BASTION_PORT", "2222")
                .with("GATEWAY_SSH_AUTHORIZED_KEYS", file.toString())
                .with("GATEWAY_SSH_HOST_KEY_FILE", "/etc/gateway/host_key")
                .with("GATEWAY_SSH_BASTION_MAX_CONNECTIONS", "14")
                .with("GATEWAY_SSH_BASTION_MAX_UNAUTHENTICATED", "150")
                .with("GATEWAY_SSH_BASTION_LOGIN_GRACE", "20s")
                .with("GATEWAY_SSH_BASTION_REST", "5m")
                .with("LOG_LEVEL", "Debug");

        assertThat(written.accepted())
                .isEqualTo(new ConfigResult.Valid(
                        new GatewaySettings(
                                new ApiSecretSettings(
                                        ApiSecret.parse("the-secret-in-the-file"),
                                        Optional.of(file),
                                        ApiSecret.Rule.STRONG_ONLY,
                                        Duration.ofHours(1)),
                                new ListenEndpoint(address("10.0.0.1"), 2001),
                                ConnectionLimits.of(500, 100, Duration.ofSeconds(19), Duration.ofMinutes(20)),
                                Set.of("https://panel.example", "http://localhost:5173"),
                                new ListenEndpoint(address("10.0.0.2"), 2002),
                                Optional.of(List.of(new Subnet(address("10.9.0.0"), 16))),
                                new DhcpSettings(
                                        DhcpMode.DNS_ONLY,
                                        new Ipv4Range(address("10.1.0.10"), address("10.1.1.9")),
                                        new PoolShare(2, 4),
                                        new Subnet(address("10.1.0.0"), 23),
                                        address("10.1.1.254"),
                                        new InterfaceName("eth0.100"),
                                        Optional.of(address("127.0.0.1")),
                                        List.of(address("9.9.9.9"), address("8.8.8.8")),
                                        AdvertisedDns.UPSTREAM,
                                        DomainName.parse("vps.internal"),
                                        Duration.ofHours(12),
                                        Path.of("/srv/gateway"),
                                        Duration.ofDays(1),
                                        UnknownClients.ADOPT,
                                        2003),
                                Duration.ofSeconds(90),
                                Duration.ofMinutes(20),
                                Optional.of(Duration.ofDays(30)),
                                Duration.ZERO,
                                new HostNetworkSettings(
                                        Optional.of(address("203.0.113.1")),
                                        Optional.of(new InterfaceName("vmbr0")),
                                        true,
                                        true,
                                        true,
                                        Optional.of(new DnsLimit(50, 80)),
                                        Optional.of(new InterfaceName("vmbr1"))),
                                40,
                                new SshSettings(
                                        List.of(
                                                new Subnet(address("10.20.0.0"), 16),
                                                new Subnet(address("192.0.2.7"), 32)),
                                        PortSet.parse("22,2200-2299"),
                                        new SshSettings.Limits(11, 12, 13, 1L << 30),
                                        Duration.ofSeconds(7),
                                        Optional.of(Duration.ofHours(2)),
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(40),
                                        7),
                                Optional.of(new BastionSettings(
                                        address("10.0.0.3"),
                                        2222,
                                        file,
                                        Optional.of(Path.of("/etc/gateway/host_key")),
                                        new BastionSettings.Limits(14, 150, 15),
                                        Duration.ofSeconds(20),
                                        Duration.ofMinutes(5))),
                                LogLevel.DEBUG),
                        List.of()));
    }

    /** The last is what Go prints for the first. */
    @ParameterizedTest
    @CsvSource({"90m, 5400", "1h30m, 5400", "1.5h, 5400", "PT1H30M, 5400", "1h30m0s, 5400", "0.5d, 43200", "2m1s, 121"})
    void durationsAreReadAsPeopleAndProgramsWriteThem(String written, long seconds) {
        assertThat(minimal()
                        .with("GATEWAY_DHCP_LEASE_TIME", written)
                        .settings()
                        .dhcp()
                        .leaseTime())
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"trace, TRACE", "WARNING, WARN", "Warn, WARN", "error, ERROR"})
    void logLevelsAreWhatOtherProgramsCallThem(String written, LogLevel level) {
        assertThat(minimal().with("LOG_LEVEL", written).settings().logLevel()).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GATEWAY_API_SECRET_OVERLAP | 10x         | '10x' is not valid (expected: a duration from 0s to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_GRPC_HOST          | localhost   | 'localhost' is not valid (expected: an IPv4 address such as 10.15.3.20)
            GATEWAY_GRPC_PORT          | abc         | 'abc' is not valid (expected: a port from 1 to 65535)
            GATEWAY_GRPC_PORT          | 0           | '0' is not valid (expected: a port from 1 to 65535)
            GATEWAY_CORS_ORIGINS       | * | '*' is not valid (expected: origins separated by commas, such as https://panel.example or http://localhost:5173, in lower case and without path)
            GATEWAY_CORS_ORIGINS       | https://panel.example/ | 'https://panel.example/' is not valid (expected: origins separated by commas, such as https://panel.example or http://localhost:5173, in lower case and without path)
            GATEWAY_CORS_ORIGINS       | panel.example | 'panel.example' is not valid (expected: origins separated by commas, such as https://panel.example or http://localhost:5173, in lower case and without path)
            GATEWAY_CORS_ORIGINS       | https://Panel.example | 'https://Panel.example' is not valid (expected: origins separated by commas, such as https://panel.example or http://localhost:5173, in lower case and without path)
            GATEWAY_CORS_ORIGINS       | https://panel.example:443 | 'https://panel.example:443' is not valid (expected: origins separated by commas, such as https://panel.example or http://localhost:5173, in lower case and without path)
            GATEWAY_CORS_ORIGINS       | https://a.example, | 'https://a.example,' is not valid (expected: origins separated by commas, such as https://panel.example or http://localhost:5173, in lower case and without path)
            GATEWAY_METRICS_HOST       | ::          | '::' is not valid (expected: an IPv4 address such as 10.15.3.20)
            GATEWAY_METRICS_PORT       | 70000       | '70000' is not valid (expected: a port from 1 to 65535)
            GATEWAY_METRICS_PORT       | 1537        | '1537' is the port of GATEWAY_GRPC_PORT too (expected: a port of its own)
            GATEWAY_DNS_PORT           | 9091        | '9091' is the port of GATEWAY_METRICS_PORT too (expected: a port of its own)
            GATEWAY_DNS_PORT           | -1          | '-1' is not valid (expected: a port from 1 to 65535)
            GATEWAY_DHCP_MODE          | dhcp        | 'dhcp' is not valid (expected: full, dns-only)
            GATEWAY_DHCP_UNKNOWN_CLIENTS | all       | 'all' is not valid (expected: resolve, adopt, serve)
            GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC | yes  | 'yes' is not valid (expected: true, false)
            GATEWAY_DHCP_POOL_START    | 10.15.3     | '10.15.3' is not valid (expected: an IPv4 address such as 10.15.3.20)
            GATEWAY_DHCP_POOL_START    | 10.15.2.20  | '10.15.2.20' is outside of 10.15.3.0/24 (expected: an address in 10.15.3.1-10.15.3.254)
            GATEWAY_DHCP_POOL_END      | 10.15.4.20  | '10.15.4.20' is outside of 10.15.3.0/24 (expected: an address in 10.15.3.1-10.15.3.254)
            GATEWAY_DHCP_POOL_SHARE    | 0/2         | '0/2' is not valid (expected: a part and how many there are, such as 2/3 for the second of three equal parts)
            GATEWAY_DHCP_POOL_SHARE    | 3/2         | '3/2' is not valid (expected: a part and how many there are, such as 2/3 for the second of three equal parts)
            GATEWAY_DHCP_POOL_SHARE    | 2 of 3      | '2 of 3' is not valid (expected: a part and how many there are, such as 2/3 for the second of three equal parts)
            GATEWAY_DHCP_POOL_SHARE    | 1/181       | '1/181' makes more parts than the pool 10.15.3.20-10.15.3.199 has addresses (expected: at most 180 parts, or a larger pool)
            GATEWAY_DHCP_POOL_END      | 10.15.3.19  | '10.15.3.19' is before GATEWAY_DHCP_POOL_START '10.15.3.20' (expected: an address from 10.15.3.20 on)
            GATEWAY_DHCP_SUBNET        | 10.15.3     | '10.15.3' is not valid (expected: a network address such as 10.15.3.0 or 10.15.3.0/24)
            GATEWAY_DHCP_SUBNET        | 10.15.4.0   | '10.15.4.0' does not agree with GATEWAY_DHCP_GATEWAY and GATEWAY_DHCP_SUBNET_MASK (expected: 10.15.3.0/24)
            GATEWAY_DHCP_SUBNET        | 10.15.3.0/25| '10.15.3.0/25' does not agree with GATEWAY_DHCP_GATEWAY and GATEWAY_DHCP_SUBNET_MASK (expected: 10.15.3.0/24)
            GATEWAY_DHCP_SUBNET_MASK   | 255.0.255.0 | '255.0.255.0' is not valid (expected: a prefix length such as 24, or a mask such as 255.255.255.0)
            GATEWAY_DHCP_GATEWAY       | 10.15.3.0   | '10.15.3.0' is not a host of 10.15.3.0/24 (expected: an address in 10.15.3.1-10.15.3.254)
            GATEWAY_DHCP_GATEWAY       | router      | 'router' is not valid (expected: an IPv4 address such as 10.15.3.20)
            GATEWAY_DHCP_INTERFACE     | veth0@if3   | 'veth0@if3' is not valid (expected: an interface name such as vmbr1: 1 to 15 letters, digits, '_', '-' and '.')
            GATEWAY_DHCP_INTERFACE     | sixteen-letters. | 'sixteen-letters.' is not valid (expected: an interface name such as vmbr1: 1 to 15 letters, digits, '_', '-' and '.')
            GATEWAY_DHCP_LISTEN_IP     | 10.15.4.1   | '10.15.4.1' is not a host of 10.15.3.0/24 (expected: an address in 10.15.3.1-10.15.3.254)
            GATEWAY_DHCP_LISTEN_IP     | eth0        | 'eth0' is not valid (expected: an IPv4 address such as 10.15.3.20)
            GATEWAY_DHCP_DNS           | 1.1.1.1,,   | '1.1.1.1,,' is not valid (expected: IPv4 addresses separated by commas, such as 1.1.1.1,1.0.0.1)
            GATEWAY_DHCP_ADVERTISE_DNS | none        | 'none' is not valid (expected: both, gateway, upstream)
            GATEWAY_DHCP_DOMAIN        | vps_local   | 'vps_local' is not valid (expected: a domain such as vps.internal)
            GATEWAY_DHCP_DOMAIN        | ${missing}  | '${missing}' is not valid (expected: a domain such as vps.internal)
            GATEWAY_SSH_ALLOWED_TARGETS| 10.0.0.1/8  | '10.0.0.1/8' is not valid (expected: networks separated by commas, such as 10.20.0.0/16,192.0.2.7, without host bits)
            GATEWAY_SSH_ALLOWED_PORTS  | 22,ssh      | '22,ssh' is not valid (expected: ports and ranges separated by commas, such as 22,2200-2299)
            GATEWAY_SSH_MAX_DIALS      | 0           | '0' is not valid (expected: a number from 1 to 1000000)
            GATEWAY_SSH_MAX_BUFFER     | 64          | '64' is not valid (expected: a size such as 64MiB or 1GiB)
            GATEWAY_GRPC_IDLE_TIMEOUT  | off         | 'off' is not valid (expected: a duration from 1s to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_GRPC_MAX_UNAUTHENTICATED | 3 | '3' is not valid (expected: a number of connections from 4 to 1000000)
            GATEWAY_GRPC_SECRET_TIMEOUT | 1s | '1s' is not valid (expected: a duration from 2s to 1h, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_API_SECRET_WEAK | yes | 'yes' is not valid (expected: true or false)
            GATEWAY_METRICS_ALLOWED_SOURCES | 10.9.0.1/16 | '10.9.0.1/16' is not valid (expected: networks separated by commas, such as 10.20.0.0/16,192.0.2.7, without host bits)
            GATEWAY_GRPC_MAX_CONNECTIONS | 15        | '15' is not valid (expected: a number of connections from 16 to 1000000)
            GATEWAY_SSH_IDLE_TIMEOUT   | 0s          | '0s' is not valid (expected: a duration from 1s to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_DHCP_LEASE_TIME    | 2m0.5s      | '2m0.5s' is not valid (expected: a duration from 2m to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_DHCP_LEASE_TIME    | 1h30        | '1h30' is not valid (expected: a duration from 2m to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_DHCP_LEASE_TIME    | 119s        | '119s' is not valid (expected: a duration from 2m to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_DHCP_LEASE_TIME    | 366d        | '366d' is not valid (expected: a duration from 2m to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_DHCP_LEASE_TIME    | PT120.5S    | 'PT120.5S' is not valid (expected: a duration from 2m to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_DHCP_LEASES_DIR    | state       | 'state' is not valid (expected: an absolute path of ASCII letters, digits and signs, without commas, quotes, '#' and backslashes)
            GATEWAY_DHCP_LEASES_DIR    | /a,b        | '/a,b' is not valid (expected: an absolute path of ASCII letters, digits and signs, without commas, quotes, '#' and backslashes)
            GATEWAY_DHCP_LEASES_DIR    | /süd        | '/süd' is not valid (expected: an absolute path of ASCII letters, digits and signs, without commas, quotes, '#' and backslashes)
            GATEWAY_DHCP_QUARANTINE    | -1h         | '-1h' is not valid (expected: a duration from 0s to 365d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_RECONCILE_INTERVAL | 0s          | '0s' is not valid (expected: a duration from 1s to 1d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_SEGMENT_CHECK_INTERVAL | 2d      | '2d' is not valid (expected: a duration from 0s to 1d, such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M)
            GATEWAY_OUTBOUND_IP        | vmbr0       | 'vmbr0' is not valid (expected: an IPv4 address such as 10.15.3.20)
            GATEWAY_OUTBOUND_IP        | 127.0.0.1   | '127.0.0.1' is not valid (expected: an address that other hosts can answer, such as 203.0.113.1)
            GATEWAY_OUTBOUND_IP        | 10.15.3.21  | '10.15.3.21' lies in the VPSs' pool (expected: an address of this host outside of 10.15.3.20-10.15.3.199)
            GATEWAY_OUTBOUND_INTERFACE | all vmbr    | 'all vmbr' is not valid (expected: an interface name such as vmbr1: 1 to 15 letters, digits, '_', '-' and '.')
            GATEWAY_MANAGE_SYSCTL      | 1           | '1' is not valid (expected: true or false)
            GATEWAY_KEEP_RULES         | yes         | 'yes' is not valid (expected: true or false)
            GATEWAY_DNS_RATE           | 9           | '9' is not valid (expected: 10 to 100000 questions a second, or 0 for no limits)
            GATEWAY_DNS_BURST          | 0           | '0' is not valid (expected: 10 to 100000 questions)
            GATEWAY_GUARD_PRIVATE      | on          | 'on' is not valid (expected: true or false)
            GATEWAY_GUARD_BRIDGE       | vmbr1,vmbr2 | 'vmbr1,vmbr2' is not valid (expected: an interface name such as vmbr1: 1 to 15 letters, digits, '_', '-' and '.')
            GATEWAY_EVENT_DAYS         | 29          | '29' is not valid (expected: a number of days from 30 to 3650)
            LOG_LEVEL                  | loud        | 'loud' is not valid (expected: trace, debug, info, warn or warning, error)
            """)
    void badValueIsRefusedWithVariableValueAndExpectation(String variable, String value, String fault) {
        assertThat(minimal().with(variable, value).refusal()).isEqualTo(variable + ": " + fault);
    }

    @Test
    void lineBreakInPathCannotReachAnyFileOrForgeALogLine() {
        assertThat(minimal().with("GATEWAY_DHCP_LEASES_DIR", "/state\nport=0").refusal())
                .startsWith("GATEWAY_DHCP_LEASES_DIR: '/state\\u000aport=0' is not valid")
                .doesNotContain("\n");
    }

    @Test
    void everythingRequiredIsNamedAtOnce() {
        assertThat(WrittenConfig.empty()
                        .with("GATEWAY_GRPC_PORT", "x")
                        .refusal()
                        .lines())
                .extracting(line -> line.replaceFirst(" \\(expected: .+\\)$", ""))
                .containsExactly(
                        "GATEWAY_API_SECRET not set",
                        "GATEWAY_GRPC_PORT: 'x' is not valid",
                        "GATEWAY_DHCP_POOL_START not set",
                        "GATEWAY_DHCP_POOL_END not set",
                        "GATEWAY_DHCP_SUBNET_MASK not set",
                        "GATEWAY_DHCP_GATEWAY not set",
                        "GATEWAY_DHCP_INTERFACE not set");
    }

    @Test
    void blankVariableCountsAsNotSet() {
        assertThat(minimal().with("GATEWAY_DHCP_DOMAIN", " ").settings().dhcp().domain())
                .isEqualTo(DomainName.parse("vps.local"));
    }

    @Test
    void dnsOnlyNeedsAListenAddress() {
        assertThat(minimal().with("GATEWAY_DHCP_MODE", "dns-only").refusal())
                .isEqualTo("GATEWAY_DHCP_LISTEN_IP not set (expected: the address that DNS listens on, because"
                        + " GATEWAY_DHCP_MODE is dns-only)");
    }

    @Test
    void unknownClientsAreNotServedBesideOtherGatewaysUnlessTheOperatorInsists() {
        WrittenConfig serving =
                minimal().with("GATEWAY_DHCP_UNKNOWN_CLIENTS", "serve").with("GATEWAY_DHCP_LISTEN_IP", "10.15.3.2");
        assertThat(serving.refusal())
                .isEqualTo("GATEWAY_DHCP_UNKNOWN_CLIENTS: 'serve' would lend addresses to the VPSs of other gateways:"
                        + " GATEWAY_DHCP_LISTEN_IP '10.15.3.2' is not the router '10.15.3.1', so this gateway is one of"
                        + " several (expected: resolve; or GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC=true where no other gateway"
                        + " is on the network)");

        DhcpSettings insisted = serving.with("GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC", "TRUE")
                .settings()
                .dhcp();
        assertThat(insisted.unknownClients()).isEqualTo(UnknownClients.SERVE);
        assertThat(insisted.sharesSegment()).isTrue();
    }

    @Test
    void unknownClientsAreServedWhereTheGatewayIsTheRouter() {
        WrittenConfig serving = minimal().with("GATEWAY_DHCP_UNKNOWN_CLIENTS", "serve");
        assertThat(serving.settings().dhcp().sharesSegment()).isFalse();
        assertThat(serving.with("GATEWAY_DHCP_LISTEN_IP", "10.15.3.1")
                        .settings()
                        .dhcp()
                        .sharesSegment())
                .isFalse();
    }

    @Test
    void poolOfReservedAddressesOnlyIsRefused() {
        WrittenConfig written = minimal()
                .with("GATEWAY_DHCP_POOL_START", "10.15.3.0")
                .with("GATEWAY_DHCP_POOL_END", "10.15.3.3")
                .with("GATEWAY_DHCP_LISTEN_IP", "10.15.3.2")
                .with("GATEWAY_DHCP_DNS", "10.15.3.3");
        assertThat(written.refusal())
                .isEqualTo("GATEWAY_DHCP_POOL_END: '10.15.3.3' leaves no address for VPSs: all of 10.15.3.0-10.15.3.3"
                        + " belong to the network, router or resolvers (expected: at least one other address in the"
                        + " pool)");
        assertThat(written.with("GATEWAY_DHCP_POOL_END", "10.15.3.4").read()).isInstanceOf(ConfigResult.Valid.class);
    }

    @Test
    void aShareOfReservedAddressesOnlyIsRefused() {
        WrittenConfig written = minimal()
                .with("GATEWAY_DHCP_POOL_START", "10.15.3.1")
                .with("GATEWAY_DHCP_POOL_END", "10.15.3.4")
                .with("GATEWAY_DHCP_LISTEN_IP", "10.15.3.2")
                .with("GATEWAY_DHCP_POOL_SHARE", "1/2");
        assertThat(written.refusal())
                .isEqualTo(
                        "GATEWAY_DHCP_POOL_SHARE: '1/2' leaves no address for VPSs: all of 10.15.3.1-10.15.3.2 belong"
                                + " to the network, router or resolvers (expected: fewer parts, or a larger pool)");
        assertThat(written.with("GATEWAY_DHCP_POOL_SHARE", "2/2")
                        .settings()
                        .dhcp()
                        .ownPart())
                .isEqualTo(new Ipv4Range(address("10.15.3.3"), address("10.15.3.4")));
    }

    @Test
    void aShareSaysThatThereAreOtherGateways() {
        WrittenConfig serving =
                minimal().with("GATEWAY_DHCP_UNKNOWN_CLIENTS", "serve").with("GATEWAY_DHCP_POOL_SHARE", "1/2");
        assertThat(serving.refusal())
                .isEqualTo("GATEWAY_DHCP_UNKNOWN_CLIENTS: 'serve' would lend addresses to the VPSs of other gateways:"
                        + " GATEWAY_DHCP_POOL_SHARE is '1/2', so this gateway is one of several (expected: resolve; or"
                        + " GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC=true where no other gateway is on the network)");
        assertThat(serving.with("GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC", "true")
                        .accepted()
                        .warnings())
                .isEmpty();
        assertThat(serving.with("GATEWAY_DHCP_UNKNOWN_CLIENTS", "adopt")
                        .accepted()
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_DHCP_UNKNOWN_CLIENTS=adopt with GATEWAY_DHCP_POOL_SHARE: ");
    }

    @Test
    void theWarningOfLargePoolsIsAboutWhatOneGatewayServes() {
        WrittenConfig written = minimal()
                .with("GATEWAY_DHCP_GATEWAY", "10.0.0.1")
                .with("GATEWAY_DHCP_SUBNET_MASK", "8")
                .with("GATEWAY_DHCP_POOL_START", "10.1.0.0")
                .with("GATEWAY_DHCP_POOL_END", "10.1.255.255");
        assertThat(written.with("GATEWAY_DHCP_POOL_SHARE", "3/16").accepted().warnings())
                .isEmpty();
        assertThat(written.with("GATEWAY_DHCP_POOL_SHARE", "3/15").accepted().warnings())
                .singleElement()
                .asString()
                .startsWith("This gateway's share of the pool has 4369 addresses.");
    }

    @Test
    void poolMayHave65536AddressesAndNoMore() {
        WrittenConfig written = minimal()
                .with("GATEWAY_DHCP_GATEWAY", "10.0.0.1")
                .with("GATEWAY_DHCP_SUBNET_MASK", "8")
                .with("GATEWAY_DHCP_POOL_START", "10.1.0.0");
        assertThat(written.with("GATEWAY_DHCP_POOL_END", "10.1.255.255")
                        .accepted()
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("The pool has 65536 addresses.");
        assertThat(written.with("GATEWAY_DHCP_POOL_END", "10.2.0.0").refusal())
                .isEqualTo("GATEWAY_DHCP_POOL_END: '10.2.0.0' makes a pool of 65537 addresses (expected: at most 65536"
                        + " addresses)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a${nope}b\\$c-of-some-length", "$$${GATEWAY_GRPC_PORT}-literally"})
    void secretIsTakenLiterally(String secret) {
        assertThat(minimal()
                        .with("GATEWAY_API_SECRET", secret)
                        .settings()
                        .apiSecret()
                        .current()
                        .reveal())
                .isEqualTo(secret);
    }

    @Test
    void secretAndFileTogetherAreRefused() {
        assertThat(minimal().with("GATEWAY_API_SECRET_FILE", "/run/secret").refusal())
                .isEqualTo(
                        "GATEWAY_API_SECRET_FILE: '/run/secret' is set besides GATEWAY_API_SECRET (expected: only one"
                                + " of the two)");
    }

    @Test
    void secretThatNoHeaderCanCarryIsRefusedWithoutShowingIt() {
        assertThat(minimal()
                        .with("GATEWAY_API_SECRET", "pässword-of-some-length")
                        .refusal())
                .isEqualTo("GATEWAY_API_SECRET: '***' has characters that a gRPC header cannot carry (expected: 16 or"
                        + " more printable ASCII characters, no space at either end)");
    }

    @Test
    void missingAndEmptySecretFilesAreRefused(@TempDir Path directory) throws IOException {
        WrittenConfig written = minimal().without("GATEWAY_API_SECRET");
        Path missing = directory.resolve("missing");
        assertThat(written.with("GATEWAY_API_SECRET_FILE", missing.toString()).refusal())
                .isEqualTo("GATEWAY_API_SECRET_FILE: '" + missing + "' cannot be read: NoSuchFileException (expected: a"
                        + " file that this user can read)");
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        assertThat(written.with("GATEWAY_API_SECRET_FILE", empty.toString()).refusal())
                .isEqualTo("GATEWAY_API_SECRET_FILE: '" + empty + "' is empty (expected: 16 or more printable ASCII"
                        + " characters, no space at either end)");
    }

    @ParameterizedTest
    @CsvSource({
        "change-me-in-production, is a placeholder that everybody knows",
        "ChangeMe, is a placeholder that everybody knows",
        "development-secret-not-for-production, is a placeholder that everybody knows",
        "fifteen-letters, is shorter than 16 characters"
    })
    void weakSecretIsRefusedWithoutShowingIt(String secret, String weakness) {
        assertThat(minimal().with("GATEWAY_API_SECRET", secret).refusal())
                .isEqualTo("GATEWAY_API_SECRET: '***' " + weakness
                        + " (expected: 16 or more printable ASCII characters," + " no space at either end)");
    }

    @Test
    void weakSecretInAFileIsRefused(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("weak"), "fifteen-letters");
        assertThat(minimal()
                        .without("GATEWAY_API_SECRET")
                        .with("GATEWAY_API_SECRET_FILE", file.toString())
                        .refusal())
                .startsWith("GATEWAY_API_SECRET_FILE: '" + file + "' is shorter than 16 characters");
    }

    @Test
    void shortSecretIsAcceptedWhereThatIsAskedForWithAWarningThatDoesNotShowIt() {
        assertThat(minimal()
                        .with("GATEWAY_API_SECRET", "fifteen-letters")
                        .with("GATEWAY_API_SECRET_WEAK", "true")
                        .accepted()
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_API_SECRET is shorter than 16 characters")
                .doesNotContain("fifteen-letters");
    }

    @Test
    void placeholderIsRefusedWhateverIsAskedFor() {
        assertThat(minimal()
                        .with("GATEWAY_API_SECRET", "change-me")
                        .with("GATEWAY_API_SECRET_WEAK", "true")
                        .refusal())
                .contains("is a placeholder");
    }

    @Test
    void secretOfDevelopmentIsAcceptedOnLoopbackOnly() {
        assertThat(minimal()
                        .with("GATEWAY_API_SECRET", "development-secret-not-for-production")
                        .with("GATEWAY_GRPC_HOST", "127.0.0.1")
                        .accepted()
                        .warnings())
                .isEmpty();
    }

    @Test
    void shortQuarantineAndUnusualDnsPortAreWarnedAbout() {
        assertThat(minimal()
                        .with("GATEWAY_DHCP_QUARANTINE", "0s")
                        .with("GATEWAY_DNS_PORT", "5353")
                        .accepted()
                        .warnings())
                .satisfiesExactly(
                        quarantine -> assertThat(quarantine).startsWith("GATEWAY_DHCP_QUARANTINE is shorter"),
                        port -> assertThat(port).startsWith("GATEWAY_DNS_PORT is 5353"));
    }

    @Test
    void anOutboundInterfaceWithoutAnOutboundAddressIsWarnedAbout() {
        assertThat(minimal()
                        .with("GATEWAY_OUTBOUND_INTERFACE", "vmbr0")
                        .accepted()
                        .warnings())
                .containsExactly("GATEWAY_OUTBOUND_INTERFACE has no effect without GATEWAY_OUTBOUND_IP.");
    }

    @Test
    void unknownVariableIsWarnedAbout() {
        assertThat(minimal().with("GATEWAY_DHCP_POOL_STRAT", "x").accepted().warnings())
                .containsExactly(
                        "GATEWAY_DHCP_POOL_STRAT is not a known variable; did you mean GATEWAY_DHCP_POOL_START?");
    }

    @Test
    void textForTheLogHidesTheSecret() {
        assertThat(minimal().settings().toString())
                .contains("apiSecret=ApiSecretSettings[current=***")
                .doesNotContain(WrittenConfig.GOOD_SECRET);
    }

    private static Ipv4Address address(String text) {
        return Ipv4Address.parse(text);
    }
}
