/** Pins addresses to their owners' MACs in the kernel, and finds and mends what somebody else did to the pins. */
package cloud.obiente.vpsgateway.hostnet.guard;
