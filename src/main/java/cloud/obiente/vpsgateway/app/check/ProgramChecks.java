package cloud.obiente.vpsgateway.app.check;

import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs that the gateway runs, and the rights that they inherit from it. */
record ProgramChecks(HostView host) {
    private static final Pattern DNSMASQ = Pattern.compile("Dnsmasq version ([0-9]+)\\.([0-9]+).*");
    private static final int OLDEST_MINOR = 86;

    /** capabilities(7): the numbers are bits of CapEff. */
    private enum Capability {
        CAP_NET_BIND_SERVICE(10),
        CAP_NET_ADMIN(12),
        CAP_NET_RAW(13);

        private final int bit;

        Capability(int bit) {
            this.bit = bit;
        }
    }

    List<Finding> of(GatewaySettings settings) {
        List<Finding> findings = new ArrayList<>();
        findings.add(dnsmasq());
        findings.add(needed("setpriv", "util-linux", "dnsmasq cannot be started"));
        findings.add(needed("setsid", "util-linux", "dnsmasq cannot be started"));
        findings.add(forTheKernel(settings));
        if (settings.hostNetwork().outboundIp().isPresent()) {
            findings.add(host.version("iptables", "--version")
                    .map(version -> Finding.ok("iptables", version))
                    .orElseGet(() -> Finding.noStart(
                            "iptables",
                            "it is not installed, or does not run",
                            "GATEWAY_OUTBOUND_IP cannot be set up",
                            "apt-get install iptables")));
        }
        findings.add(capabilities(settings));
        return findings;
    }

    private Finding dnsmasq() {
        Optional<String> version = host.version("dnsmasq", "--version");
        Matcher found = DNSMASQ.matcher(version.orElse(""));
        if (!found.matches()) {
            return Finding.notServed(
                    "dnsmasq",
                    version.map(said -> "its version cannot be read: " + said).orElse("it is not installed"),
                    "nobody gets an address or a name",
                    "apt-get install dnsmasq-base");
        }
        String number = found.group(1) + "." + found.group(2);
        boolean isOld = Integer.parseInt(found.group(1)) < 2
                || found.group(1).equals("2") && Integer.parseInt(found.group(2)) < OLDEST_MINOR;
        return isOld
                ? Finding.notServed(
                        "dnsmasq",
                        "its version is " + number,
                        DnsmasqFault.Kind.BAD_CONFIG.remedy(),
                        "install version 2.86 or newer")
                : Finding.ok("dnsmasq", "version " + number);
    }

    private Finding needed(String program, String debianPackage, String why) {
        return host.version(program, "--version")
                .map(version -> Finding.ok(program, version))
                .orElseGet(() ->
                        Finding.notServed(program, "it is not installed", why, "apt-get install " + debianPackage));
    }

    private Finding forTheKernel(GatewaySettings settings) {
        return host.version("nft", "--version")
                .map(version -> Finding.ok("nft", version))
                .orElseGet(() -> Finding.warning(
                        "nft",
                        "it is not installed",
                        "no public address can be given, private ones cannot be pinned"
                                + (settings.hostNetwork().dnsLimit().isPresent()
                                        ? ", and no VPS is held to its share of DNS and DHCP"
                                        : ""),
                        "apt-get install nftables"));
    }

    private Finding capabilities(GatewaySettings settings) {
        long effective = host.ofThisProcess("CapEff")
                .map(hex -> Long.parseUnsignedLong(hex, 16))
                .orElse(0L);
        List<String> missing = new ArrayList<>();
        for (Capability each : Capability.values()) {
            if ((effective & 1L << each.bit) == 0) {
                missing.add(each.name());
            }
        }
        if (missing.isEmpty()) {
            return Finding.ok("capabilities", "all that DHCP, DNS and packet filters need");
        }
        if (settings.dhcp().mode() == DhcpMode.DNS_ONLY && settings.dhcp().dnsPort() >= 1024) {
            return Finding.ok(
                    "capabilities",
                    "none are needed for DNS on port " + settings.dhcp().dnsPort());
        }
        return Finding.notServed(
                "capabilities",
                "this process lacks " + String.join(", ", missing),
                "a gateway with these rights cannot serve DHCP and DNS",
                DnsmasqFault.Kind.NO_CAPABILITY.remedy());
    }
}
