package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;

/**
 * A MAC that a VPS's private address was bound to until another one took its place. Lists may name it for ever.
 *
 * @param at when the other one took its place
 */
public record SupersededMac(MacAddress mac, VpsId vps, Instant at) {}
