/**
 * Configuration, wiring, and the order of start and stop. Layer 5: sees everything, owns nothing but the order and the lock
 * of the state directory. Decides only what needs settings, or several packages below, together: the pool, what of the
 * allocations dnsmasq serves, which leases stand and what counts as in use.
 */
package cloud.obiente.vpsgateway.app;
