/**
 * Our DHCP and DNS server: one dnsmasq child, its configuration, its host files and its log. Layer 2.
 *
 * <p>The only place that knows dnsmasq's file formats, log lines, exit codes and signals. {@link
 * cloud.obiente.vpsgateway.dnsmasq.Dnsmasq} is the way in; it owns the child and the files. What the files hold is
 * asked of a supplier each time, so nothing in here decides who has which address.
 */
package cloud.obiente.vpsgateway.dnsmasq;
