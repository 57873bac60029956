/**
 * The program as a command: what an operator types, and what is printed. Nothing of Quarkus, Netty or SSHD is loaded here.
 */
package cloud.obiente.vpsgateway.app.cli;
