package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Caller;
import java.time.Instant;
import java.util.Optional;

/**
 * What a tunnel was asked to be.
 *
 * @param id chosen by the caller
 * @param target as the caller wrote it
 * @param port to dial
 * @param fingerprint of the end user's key
 * @param caller who asks
 * @param began when
 */
record TunnelRequest(String id, String target, int port, Optional<String> fingerprint, Caller caller, Instant began) {}
