package cloud.obiente.vpsgateway.app.check;

import cloud.obiente.vpsgateway.app.config.DhcpSettings;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqFault;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import cloud.obiente.vpsgateway.hostnet.segment.DhcpServerProbe;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The interfaces and addresses of the host, what its kernel forwards, and who else gives addresses on the VPSs' network. */
record NetworkChecks(HostView host) {
    private static final Duration OFFERS_WITHIN = Duration.ofSeconds(2);
    private static final String FORWARDING = "forwarding";

    List<Finding> of(GatewaySettings settings) {
        List<Finding> findings = new ArrayList<>();
        DhcpSettings dhcp = settings.dhcp();
        InterfaceWatch watch = new InterfaceWatch(dhcp.networkInterface(), dhcp.subnet(), dhcp.listenIp());
        findings.add(dhcp.mode() == DhcpMode.FULL ? towardsVpss(dhcp, watch) : listenAddress(dhcp));
        settings.hostNetwork().outboundIp().ifPresent(address -> findings.add(outboundAddress(address)));
        settings.hostNetwork()
                .outboundInterface()
                .ifPresent(name -> findings.add(interfaceThere(
                        "GATEWAY_OUTBOUND_INTERFACE", name, "what the VPSs send keeps its own source address")));
        settings.hostNetwork()
                .guardBridge()
                .ifPresent(name -> findings.add(
                        interfaceThere("GATEWAY_GUARD_BRIDGE", name, "frames between VPSs are not checked")));
        forwarding(settings).ifPresent(findings::add);
        return findings;
    }

    /** Takes two seconds. Not while a gateway of ours runs, which would answer. */
    Optional<Finding> otherServers(DhcpSettings dhcp) {
        InterfaceWatch watch = new InterfaceWatch(dhcp.networkInterface(), dhcp.subnet(), dhcp.listenIp());
        return dhcp.mode() == DhcpMode.FULL && watch.fault().isEmpty()
                ? Optional.of(otherServers(dhcp, watch))
                : Optional.empty();
    }

    /** The rule that the running gateway goes by; besides, a link that is down serves nobody. */
    private static Finding towardsVpss(DhcpSettings dhcp, InterfaceWatch watch) {
        String subject = "interface " + dhcp.networkInterface();
        return watch.fault()
                .map(fault -> Finding.notServed(
                        subject,
                        fault.message(),
                        "VPSs are not served; they will be as soon as it is there",
                        fault.kind().remedy()))
                .orElseGet(() -> isUp(dhcp.networkInterface())
                        ? Finding.ok(subject, "up, with " + watch.candidates().get(0))
                        : Finding.notServed(
                                subject,
                                "it is down, or has no carrier",
                                "no VPS can be reached by it",
                                "ip link set " + dhcp.networkInterface() + " up"));
    }

    /** DNS alone needs no interface in the VPSs' network: it may listen anywhere. */
    private static Finding listenAddress(DhcpSettings dhcp) {
        Ipv4Address address = dhcp.listenIp().orElseThrow();
        return isOwn(address)
                ? Finding.ok("GATEWAY_DHCP_LISTEN_IP", address + " is an address of this host")
                : Finding.notServed(
                        "GATEWAY_DHCP_LISTEN_IP",
                        address + " is no address of this host",
                        "DNS is not served there",
                        DnsmasqFault.Kind.NO_ADDRESS.remedy());
    }

    private static boolean isUp(InterfaceName name) {
        try {
            NetworkInterface found = NetworkInterface.getByName(name.text());
            return found != null && found.isUp();
        } catch (SocketException vanished) {
            return false;
        }
    }

    private static Finding interfaceThere(String variable, InterfaceName name, String why) {
        try {
            return NetworkInterface.getByName(name.text()) == null
                    ? Finding.warning(
                            variable, "interface " + name + " does not exist", why, "create it, or correct " + variable)
                    : Finding.ok(variable, "interface " + name + " is there");
        } catch (SocketException vanished) {
            return Finding.warning(variable, "interface " + name + " cannot be read: " + vanished, why, "ip link");
        }
    }

    private static Finding outboundAddress(Ipv4Address address) {
        return isOwn(address)
                ? Finding.ok("GATEWAY_OUTBOUND_IP", address + " is an address of this host")
                : Finding.notServed(
                        "GATEWAY_OUTBOUND_IP",
                        address + " is no address of this host",
                        "no answer to what VPSs send to the outside would come back",
                        "add it to the interface that leads out, or correct GATEWAY_OUTBOUND_IP");
    }

    private static boolean isOwn(Ipv4Address address) {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getByAddress(address.octets())) != null;
        } catch (SocketException | UnknownHostException none) {
            return false;
        }
    }

    /** Only where VPSs' traffic is to pass here: this host is their router, or changes its source. */
    private Optional<Finding> forwarding(GatewaySettings settings) {
        boolean isRouter = isOwn(settings.dhcp().router());
        boolean changesSource = settings.hostNetwork().outboundIp().isPresent();
        if (changesSource && !isRouter) {
            return Optional.of(Finding.warning(
                    FORWARDING,
                    "GATEWAY_OUTBOUND_IP is set, and the VPSs' router "
                            + settings.dhcp().router() + " (GATEWAY_DHCP_GATEWAY) is not this host",
                    "their traffic does not pass here, so its source is not changed",
                    "make this host their router, or leave GATEWAY_OUTBOUND_IP empty"));
        }
        if (!isRouter) {
            return Optional.empty();
        }
        if (host.read("sys/net/ipv4/ip_forward").filter("0"::equals).isPresent()
                && !settings.hostNetwork().manageSysctl()) {
            return Optional.of(Finding.warning(
                    FORWARDING,
                    "net.ipv4.ip_forward is off",
                    "nothing of the VPSs leaves this host",
                    "echo net.ipv4.ip_forward=1 >/etc/sysctl.d/60-vps-gateway.conf && sysctl --system"));
        }
        return Optional.of(
                policyIsDrop() ? dropped(settings) : Finding.ok(FORWARDING, "on, and not refused by policy"));
    }

    private boolean policyIsDrop() {
        try {
            ToolResult rules = host.tools().run("iptables", "-w", "-S", "FORWARD");
            return rules.succeeded() && rules.output().startsWith("-P FORWARD DROP");
        } catch (IOException hangs) {
            return false;
        }
    }

    private Finding dropped(GatewaySettings settings) {
        InterfaceName in = settings.dhcp().networkInterface();
        boolean bridged = host.read("sys/net/bridge/bridge-nf-call-iptables")
                .filter("1"::equals)
                .isPresent();
        return Finding.warning(
                FORWARDING,
                "the policy of the chain FORWARD is DROP (Docker sets it, and the Proxmox firewall can)",
                "what no rule accepts does not pass: the VPSs' traffic to the outside"
                        + (bridged
                                ? ", and because of br_netfilter (net.bridge.bridge-nf-call-iptables) that between VPSs, too"
                                : ""),
                "iptables -I FORWARD -i " + in + " -j ACCEPT; iptables -I FORWARD -o " + in
                        + " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
                        + (bridged ? "; sysctl -w net.bridge.bridge-nf-call-iptables=0" : ""));
    }

    /** As the running gateway looks for them, which also says why it could not. */
    private static Finding otherServers(DhcpSettings dhcp, InterfaceWatch watch) {
        String subject = "other DHCP servers";
        DhcpServerProbe.Answer answer =
                DhcpServerProbe.ask(dhcp.networkInterface(), watch::candidates, dhcp.ownPart(), OFFERS_WITHIN);
        if (answer.notChecked().isPresent()) {
            return Finding.warning(
                    subject,
                    "they could not be looked for: " + answer.notChecked().get(),
                    "another one would give VPSs wrong addresses",
                    "check again as root, while no DHCP client of this host runs");
        }
        return answer.servers().isEmpty()
                ? Finding.ok(subject, "none has answered within " + OFFERS_WITHIN.toSeconds() + " s")
                : Finding.warning(
                        subject,
                        answer.servers() + " on " + dhcp.networkInterface() + " offers addresses to whoever asks",
                        "VPSs take the first offer they get: wrong addresses, and no way out",
                        "switch off that server on the VPSs' network");
    }
}
