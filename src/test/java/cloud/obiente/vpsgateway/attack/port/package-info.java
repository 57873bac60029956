/**
 * UnauthenticatedCallLimit at the ports: what somebody without the secret can do to the gateway's servers, one line for each kind, as
 * docs/attacks.md lists them. Real connections from addresses of their own, beside work that must go on.
 */
package cloud.obiente.vpsgateway.attack.port;
