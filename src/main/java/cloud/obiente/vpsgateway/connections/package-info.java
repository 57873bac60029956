/**
 * The HTTP connections to our ports: counted, bounded, and ended when they carry no call. Knows Netty and Vert.x, and of
 * theirs what no public interface offers; {@code PortConnectionsOnTheWireTest} says what an upgrade breaks.
 */
package cloud.obiente.vpsgateway.connections;
