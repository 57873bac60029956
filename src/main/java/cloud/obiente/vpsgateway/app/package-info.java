/**
 * Configuration, wiring, and the order of start and stop. Layer 5: sees everything, decides nothing, owns nothing but the
 * order and the lock of the state directory.
 */
package cloud.obiente.vpsgateway.app;
