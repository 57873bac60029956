package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.ipam.Outcome;
import java.util.Optional;

/**
 * A decided command, and whether it is in effect.
 *
 * @param outcome durable, whatever {@code pending} says
 * @param pending what is not confirmed yet and is being retried, in one line; empty: DHCP and DNS follow the outcome now
 * @param <T> what the caller wanted
 */
public record Provisioned<T>(Outcome<T> outcome, Optional<String> pending) {}
