/**
 * dnsmasq's lease file, and the release of leases. Part of {@code dnsmasq}, layer 2.
 *
 * <p>A lease is evidence that a client has fetched its address, never authority: any client can forge a release. Who may
 * hold an address is told to us as an {@link cloud.obiente.vpsgateway.dnsmasq.lease.LeaseEntitlement}.
 *
 * <p>Owners: {@link cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher} owns the latest snapshot (thread {@code
 * lease-watcher}), {@link cloud.obiente.vpsgateway.dnsmasq.lease.LeaseReleaser} the pending releases (thread {@code
 * lease-ender}). Uses {@code java.*}, {@code net} and the logger only.
 */
package cloud.obiente.vpsgateway.dnsmasq.lease;
