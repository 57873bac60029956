/** Hears at once that somebody changed rules of the host's packet filter, and has those look who keep rules there. */
package cloud.obiente.vpsgateway.hostnet.watch;
