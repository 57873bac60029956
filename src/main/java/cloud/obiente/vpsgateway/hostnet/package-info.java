/**
 * What the host's kernel does for us: the address that traffic leaves with, and the identity of each public address. Owns
 * our own iptables chain, our own nft tables and the permanent neighbour entries of public addresses; touches nothing else.
 */
package cloud.obiente.vpsgateway.hostnet;
