/** What can be known of a host and its settings before a gateway serves there. Asks, and changes nothing. */
package cloud.obiente.vpsgateway.app.check;
