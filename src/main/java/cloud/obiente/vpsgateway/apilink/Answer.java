package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;

/** What the API knows of a MAC. */
public sealed interface Answer {

    /** It belongs to this VPS. Says nothing about the node that the VPS runs on. */
    record Found(VpsId vps, OrganizationId organization) implements Answer {}

    /** It belongs to none, by the word of every API instance that is connected. */
    record Unknown() implements Answer {}

    /** Nobody could say: evidence of nothing. */
    record None() implements Answer {}
}
