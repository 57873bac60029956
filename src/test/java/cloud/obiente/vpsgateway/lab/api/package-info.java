/**
 * The deployed API as it behaves, not only as it speaks: pure and deterministic on a {@link
 * cloud.obiente.vpsgateway.lab.api.Timeline} that tests move, or on real time. It reaches gateways through {@link
 * cloud.obiente.vpsgateway.lab.api.GatewayPort}, so that the same habits meet the domain in memory and a gateway on a socket.
 */
package cloud.obiente.vpsgateway.lab.api;
