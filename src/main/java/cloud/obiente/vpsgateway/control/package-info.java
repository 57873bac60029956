/**
 * What is asked of a running gateway on its own host: a Unix socket in the state directory, one question for each connection.
 * Both ends are here, so that nobody else knows what goes over it. Layer 4.
 */
package cloud.obiente.vpsgateway.control;
