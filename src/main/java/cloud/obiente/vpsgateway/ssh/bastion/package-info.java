/**
 * The SSH server in front of the tunnels: {@code ssh -J ops@gateway root@vps-1}. Layer 2.
 *
 * <p>The way of a connection: {@link cloud.obiente.vpsgateway.ssh.bastion.ConnectionAdmission} (may this address connect) →
 * a key of {@link cloud.obiente.vpsgateway.ssh.bastion.AuthorizedKeys} → direct-tcpip channels, each of which is a {@link
 * cloud.obiente.vpsgateway.ssh.TunnelStream} with one tunnel. So targets, limits, records and metrics are those of ProxySSH.
 * Apache MINA SSHD speaks the protocol, on threads of its own; it is known here and nowhere else.
 */
package cloud.obiente.vpsgateway.ssh.bastion;
