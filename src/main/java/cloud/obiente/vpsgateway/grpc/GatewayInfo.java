package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.List;
import java.util.function.Supplier;

/**
 * What answers say about this gateway.
 *
 * @param version of the program
 * @param subnet of the VPSs
 * @param router given to VPSs
 * @param dnsServers given to VPSs, as they are now: the own address may become known after the start
 */
public record GatewayInfo(String version, Subnet subnet, Ipv4Address router, Supplier<List<Ipv4Address>> dnsServers) {}
