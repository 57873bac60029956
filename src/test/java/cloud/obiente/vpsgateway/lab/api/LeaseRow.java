package cloud.obiente.vpsgateway.lab.api;

/**
 * A row of the API's table of leases.
 *
 * @param node the name under which the API reached the gateway that listed it last
 */
public record LeaseRow(LeaseEntry entry, String node) {}
