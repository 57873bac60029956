package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Checks the interface towards the VPSs, as it is at the moment of the call. Stateless, thread-safe. */
public final class InterfaceWatch {
    private final InterfaceName name;
    private final Subnet subnet;
    private final Optional<Ipv4Address> listenAddress;

    public InterfaceWatch(InterfaceName name, Subnet subnet, Optional<Ipv4Address> listenAddress) {
        this.name = name;
        this.subnet = subnet;
        this.listenAddress = listenAddress;
    }

    /** Our own address towards the VPSs: the configured one, else the interface's first one in the subnet. */
    public Optional<Ipv4Address> ownAddress() {
        return listenAddress.or(() -> addresses().stream().findFirst());
    }

    /** Every address of ours in the subnet, the own address first: dnsmasq may use any of them as its server id. */
    public List<Ipv4Address> candidates() {
        List<Ipv4Address> present = addresses();
        return java.util.stream.Stream.concat(listenAddress.filter(present::contains).stream(), present.stream())
                .distinct()
                .toList();
    }

    /** What is wrong with the interface, if anything. Waits for a tool where there is none of that name. */
    public Optional<DnsmasqFault> fault() {
        if (find().isEmpty()) {
            return Optional.of(new DnsmasqFault(
                    DnsmasqFault.Kind.NO_INTERFACE,
                    AlternativeName.resolve(name)
                            .map(own -> "dnsmasq serves no alternative names: " + name + " is interface " + own
                                    + ", set GATEWAY_DHCP_INTERFACE=" + own)
                            .orElse("interface " + name + " does not exist")));
        }
        List<Ipv4Address> present = addresses();
        if (present.isEmpty()) {
            return Optional.of(new DnsmasqFault(
                    DnsmasqFault.Kind.NO_ADDRESS, "interface " + name + " has no address in " + subnet));
        }
        return listenAddress
                .filter(address -> !present.contains(address))
                .map(address -> new DnsmasqFault(
                        DnsmasqFault.Kind.NO_ADDRESS, "interface " + name + " does not have the address " + address));
    }

    private List<Ipv4Address> addresses() {
        return find().stream()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .map(address ->
                        new Ipv4Address(ByteBuffer.wrap(address.getAddress()).getInt()))
                .filter(subnet::contains)
                .toList();
    }

    private Optional<NetworkInterface> find() {
        try {
            return Optional.ofNullable(NetworkInterface.getByName(name.text()));
        } catch (SocketException gone) {
            // The interface vanished between two system calls.
            return Optional.empty();
        }
    }
}
