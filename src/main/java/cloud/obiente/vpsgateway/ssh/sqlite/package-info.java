/**
 * Records of SSH sessions in an SQLite file of their own, so that they never wait for allocations nor allocations for
 * them. Layer 2.
 */
package cloud.obiente.vpsgateway.ssh.sqlite;
