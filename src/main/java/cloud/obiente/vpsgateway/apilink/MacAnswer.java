package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;

/** What the API knows of a MAC. */
public sealed interface MacAnswer {

    /** It belongs to this VPS. Says nothing about the node that the VPS runs on. */
    record Found(VpsId vps, OrganizationId organization) implements MacAnswer {}

    /** It belongs to none, by the word of every API instance that is connected. */
    record NotFound() implements MacAnswer {}

    /** Nobody could say: evidence of nothing. */
    record Unavailable() implements MacAnswer {}
}
