package cloud.obiente.vpsgateway.attack;

import java.util.function.Supplier;

/**
 * One thing that the gateway has made on its host, and what a saboteur does to it.
 *
 * @param name of the damage, for people
 * @param damage what the saboteur does
 * @param state what is compared: the artefact is mended when this is what it was before
 */
record Artefact(String name, Runnable damage, Supplier<String> state) {}
