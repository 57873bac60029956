package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/**
 * One private allocation as the API's database has it.
 *
 * @param organization unknown keeps what is known
 * @param mac empty keeps the binding
 */
public record DesiredAllocation(
        VpsId vps, OrganizationId organization, Ipv4Address address, Optional<MacAddress> mac) {}
