/**
 * The wire: requests become values, outcomes become answers or statuses. Layer 4.
 *
 * <p>Each call is three moves: read every field (all faults at once), ask the layer below, write the answer. Nothing is
 * decided here. Owns the open calls and the shared secret.
 */
package cloud.obiente.vpsgateway.grpc;
