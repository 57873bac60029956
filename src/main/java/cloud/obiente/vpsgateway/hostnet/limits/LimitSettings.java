package cloud.obiente.vpsgateway.hostnet.limits;

import cloud.obiente.vpsgateway.net.InterfaceName;

/**
 * What the operator decides about the limits.
 *
 * @param vpsInterface where VPSs' packets come in; need not exist yet
 * @param dnsPort of our DNS
 * @param dnsRate DNS questions a second that one VPS may ask for long
 * @param dnsBurst how many it may ask at once after a pause
 */
public record LimitSettings(InterfaceName vpsInterface, int dnsPort, int dnsRate, int dnsBurst) {}
