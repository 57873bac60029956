/**
 * Values of the network: addresses, ranges, subnets, MAC addresses and DNS names. Layer 0.
 *
 * <p>Everything here is immutable, safe on any thread, and uses {@code java.*} only. A text from outside (wire,
 * environment, file) becomes one of these values or is refused; nothing past the edges handles an address as text.
 * Each {@code parse} is strict and total: it returns the value or throws {@link
 * cloud.obiente.vpsgateway.net.InvalidValueException} with a message fit for the person who wrote the text.
 */
package cloud.obiente.vpsgateway.net;
