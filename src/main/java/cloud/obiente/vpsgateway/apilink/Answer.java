package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;

/** What the API knows of a MAC. */
sealed interface Answer {

    /** It belongs to this VPS. */
    record Found(VpsId vps, OrganizationId organization) implements Answer {}

    /** It belongs to none. */
    record Unknown() implements Answer {}

    /** Nobody could say. */
    record None() implements Answer {}
}
