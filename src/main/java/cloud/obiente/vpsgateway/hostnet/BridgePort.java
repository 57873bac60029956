package cloud.obiente.vpsgateway.hostnet;

/**
 * One port of a bridge: what one NIC of one VPS is plugged into, or the way to many of them.
 *
 * @param number the kernel's, valid while the interface stays in the bridge
 */
public record BridgePort(int number) {}
