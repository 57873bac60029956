/**
 * Byte tunnels to the VPSs' TCP ports. Layer 2.
 *
 * <p>The way of a connection: a target as text → {@link cloud.obiente.vpsgateway.ssh.TargetResolver} (which address) →
 * {@link cloud.obiente.vpsgateway.ssh.TargetPolicy} (may it be dialed) → {@link cloud.obiente.vpsgateway.ssh.VpsDialer} → a
 * tunnel. A {@link cloud.obiente.vpsgateway.ssh.TunnelStream} carries the tunnels of one caller; it and they live on one
 * event loop, so that nothing here is locked. {@link cloud.obiente.vpsgateway.ssh.Tunnels} owns what all streams share:
 * limits, buffered bytes, draining. The bytes are not inspected.
 */
package cloud.obiente.vpsgateway.ssh;
