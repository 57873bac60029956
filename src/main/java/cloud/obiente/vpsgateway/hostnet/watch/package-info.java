/** Hears at once of changed rules in the host's packet filter, and makes the keepers of rules there check them. */
package cloud.obiente.vpsgateway.hostnet.watch;
