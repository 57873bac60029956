/**
 * Hostile VPSs: the published list of attacks (docs/attacks.md), the scenes they are played in, and a saboteur who takes the
 * gateway's own protection apart while they go on. Real frames, real kernels, counted where they would do harm.
 */
package cloud.obiente.vpsgateway.attack;
