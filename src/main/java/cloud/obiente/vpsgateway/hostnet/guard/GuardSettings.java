package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.net.InterfaceName;
import java.util.Optional;

/**
 * What the operator decides about the guard.
 *
 * @param scope which addresses are guarded
 * @param bridge the bridge that the VPSs of this host are on, where the gateway runs on the node itself; empty: frames
 *     that are only bridged are not checked
 * @param vpsInterface where VPSs are reached that no route tells of
 */
public record GuardSettings(GuardScope scope, Optional<InterfaceName> bridge, InterfaceName vpsInterface) {}
