/**
 * Who holds which address. Layer 1: uses {@code net}, the JDK and the logging facade.
 *
 * <p>{@link cloud.obiente.vpsgateway.ipam.Ipam} is the door. Every allocation is owned by its one writer thread, {@code
 * ipam-writer}; all others read an immutable {@link cloud.obiente.vpsgateway.ipam.IpamSnapshot}. A command becomes a pure
 * decision on a snapshot, the decision becomes changes, and the changes of all commands that were waiting become one
 * durable commit in the {@link cloud.obiente.vpsgateway.ipam.AllocationStore} before anybody gets an answer.
 */
package cloud.obiente.vpsgateway.ipam;
