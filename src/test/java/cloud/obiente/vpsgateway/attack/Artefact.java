package cloud.obiente.vpsgateway.attack;

import java.util.function.Supplier;

/**
 * One thing that the gateway has made on its host, and what a saboteur does to it.
 *
 * @param name of the damage, for people
 * @param exposure what a hostile VPS may get out of it until it is mended
 * @param damage what the saboteur does
 * @param state what is compared: the artefact is mended when this is what it was before
 */
record Artefact(String name, Exposure exposure, Runnable damage, Supplier<String> state) {

    enum Exposure {
        /** Nothing: what remains still drops all that is not the owner's. */
        CLOSED,
        /** Other VPSs of the bridge. The gateway host and what is behind it have a table of their own. */
        SEGMENT
    }
}
