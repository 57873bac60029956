package cloud.obiente.vpsgateway.ipam;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * Whose address may be given to another when no other is free.
 *
 * @param after for how long nobody must have seen the VPS use it
 * @param unused whether the VPS is known not to use it now: not to have been seen is not enough. Asked on the writer thread, so it
 *     must answer at once
 */
public record Reclaiming(Duration after, Predicate<Allocation> unused) {}
