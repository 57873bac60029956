/**
 * The source address of what leaves the VPSs' network: one iptables chain of our own and one jump to it, kept exactly so.
 *
 * <p>{@link cloud.obiente.vpsgateway.hostnet.snat.SnatKeeper} is the door; its thread {@code snat} is the only one that runs
 * iptables here.
 */
package cloud.obiente.vpsgateway.hostnet.snat;
