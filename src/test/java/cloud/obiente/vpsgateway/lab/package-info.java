/**
 * The world that integration tests run the gateway in: a switch, the gateway host and simulated VPSs with real DHCP
 * clients and sshd, made by {@code script/lab} inside the sandbox of {@code script/lib/sandbox}.
 */
package cloud.obiente.vpsgateway.lab;
