/**
 * The gateway as its surroundings see it: started from the package that operators run, called over gRPC, with real DHCP
 * clients on its switch. Nothing in here reaches into the product; what it knows of it is the contract, the documented
 * files and the documented names.
 */
package cloud.obiente.vpsgateway.it;
