package cloud.obiente.vpsgateway.app.check;

import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.app.config.ListenEndpoint;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the ports are free that the gateway and its dnsmasq will listen on, and who has them where they are not. */
record PortChecks(HostView host) {
    private static final int DHCP_PORT = 67;

    List<Finding> of(GatewaySettings settings) {
        List<Finding> findings = new ArrayList<>();
        findings.add(ours(settings.grpc(), "GATEWAY_GRPC_PORT"));
        findings.add(ours(settings.metrics(), "GATEWAY_METRICS_PORT"));
        settings.bastion()
                .ifPresent(bastion -> findings.add(
                        ours(new ListenEndpoint(bastion.host(), bastion.port()), "GATEWAY_SSH_BASTION_PORT")));
        ownAddress(settings)
                .ifPresent(own -> findings.add(dns(own, settings.dhcp().dnsPort())));
        if (settings.dhcp().mode() == DhcpMode.FULL) {
            findings.add(dhcp());
        }
        return findings;
    }

    private static Optional<Ipv4Address> ownAddress(GatewaySettings settings) {
        if (settings.dhcp().mode() == DhcpMode.DNS_ONLY) {
            return settings.dhcp().listenIp();
        }
        return new InterfaceWatch(
                        settings.dhcp().networkInterface(),
                        settings.dhcp().subnet(),
                        settings.dhcp().listenIp())
                .candidates().stream().findFirst();
    }

    private Finding ours(ListenEndpoint endpoint, String variable) {
        String subject = "port " + endpoint.port() + " TCP";
        return PortAvailability.fault(endpoint)
                .map(why -> Finding.noStart(
                        subject,
                        why + holder("tcp", endpoint.port()),
                        "the gateway does not start",
                        "stop that program (ss -ltnp 'sport = :" + endpoint.port() + "' shows it), or change "
                                + variable))
                .orElseGet(() -> Finding.ok(subject, "free on " + endpoint.host()));
    }

    private Finding dns(Ipv4Address own, int port) {
        String subject = "port " + port + " UDP and TCP";
        Optional<String> fault =
                PortAvailability.fault(new ListenEndpoint(own, port)).or(() -> udpFault(own, port));
        if (fault.isEmpty()) {
            return Finding.ok(subject, "free on " + own);
        }
        String protocol = udpFault(own, port).isPresent() ? "udp" : "tcp";
        return Finding.notServed(
                subject,
                fault.get() + holder(protocol, port),
                "VPSs get no names, and no DHCP either, because dnsmasq does not run without the port",
                remedy(protocol, port));
    }

    /**
     * Other servers bind to an interface, which a trial without one cannot tell from a conflict: so it is said who is there, and
     * left to the operator.
     */
    private Finding dhcp() {
        String subject = "port 67 UDP";
        PortHolder ports = new PortHolder(host.proc());
        if (!ports.isTaken("udp", DHCP_PORT)) {
            return Finding.ok(subject, "free");
        }
        return Finding.warning(
                subject,
                "a DHCP server runs on this host already" + holder("udp", DHCP_PORT),
                "if it serves the VPSs' interface, or all of them, the gateway's dnsmasq cannot",
                remedy("udp", DHCP_PORT));
    }

    private static Optional<String> udpFault(Ipv4Address own, int port) {
        try (DatagramSocket trial = new DatagramSocket(null)) {
            trial.bind(new InetSocketAddress(InetAddress.getByAddress(own.octets()), port));
            return Optional.empty();
        } catch (BindException e) {
            return Optional.of("cannot listen on " + own + ":" + port + " UDP: " + e.getMessage());
        } catch (IOException e) {
            return Optional.of("cannot listen on " + own + ":" + port + " UDP: " + e);
        }
    }

    private String holder(String protocol, int port) {
        return new PortHolder(host.proc())
                .find(protocol, port)
                .map(holder -> ": " + holder + " has it")
                .orElse("");
    }

    /** Those that most hosts have, by name. comm has 15 characters at most. */
    private String remedy(String protocol, int port) {
        String name = new PortHolder(host.proc())
                .find(protocol, port)
                .map(PortHolder.Holder::name)
                .orElse("");
        return switch (name) {
            case "systemd-resolve" ->
                "mkdir -p /etc/systemd/resolved.conf.d && printf '[Resolve]\\nDNSStubListener=no\\n'"
                        + " >/etc/systemd/resolved.conf.d/vps-gateway.conf && systemctl restart systemd-resolved";
            case "dnsmasq" ->
                "systemctl disable --now dnsmasq (a distribution's), or virsh net-destroy default (libvirt's)";
            case "named" -> "systemctl disable --now named, or give it other addresses with listen-on";
            case "unbound" -> "systemctl disable --now unbound, or give it other addresses with interface:";
            case "dhcpd" -> "systemctl disable --now isc-dhcp-server";
            case "kea-dhcp4" -> "systemctl disable --now kea-dhcp4-server";
            case "systemd-network" -> "switch off DHCPServer= of that interface in /etc/systemd/network";
            default -> "stop that program (ss -lnp 'sport = :" + port + "' shows it)";
        };
    }
}
