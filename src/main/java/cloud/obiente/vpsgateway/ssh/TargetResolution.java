package cloud.obiente.vpsgateway.ssh;

/** What became of a target. */
public sealed interface TargetResolution {

    /** It may be dialed. */
    record Allowed(TunnelDestination destination) implements TargetResolution {}

    /** @param why as the caller is told */
    record Denied(String why) implements TargetResolution {}
}
