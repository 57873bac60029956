/** Keeps one VPS from taking DNS and DHCP away from the others: limits in the kernel, by the sender's MAC address. */
package cloud.obiente.vpsgateway.hostnet.limits;
