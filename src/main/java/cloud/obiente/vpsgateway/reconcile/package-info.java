/**
 * Agreement between what was decided, what dnsmasq serves and what it has leased. Layer 3.
 *
 * <p>{@link cloud.obiente.vpsgateway.reconcile.Provisioner} carries each change from decision to effect; {@link
 * cloud.obiente.vpsgateway.reconcile.Reconciler} compares and repairs from time to time. Neither owns an allocation, a
 * file or a lease: they only ask the layers below.
 */
package cloud.obiente.vpsgateway.reconcile;
