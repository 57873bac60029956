/**
 * Who else is on the VPSs' segment: who answers ARP for which address, and which other DHCP servers and gateways there are.
 * Asks by ordinary UDP sockets only, on a thread of its own; what it learns is evidence for others and changes nothing.
 */
package cloud.obiente.vpsgateway.hostnet.segment;
