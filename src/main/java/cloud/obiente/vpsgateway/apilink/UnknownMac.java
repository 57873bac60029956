package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * A MAC that has asked for an address and has none here.
 *
 * @param lastAsked when it was last heard of
 * @param answer what the API has said of it, while that is remembered; empty: it has not been asked, or not answered
 */
public record UnknownMac(MacAddress mac, Instant lastAsked, Optional<MacAnswer> answer) {}
