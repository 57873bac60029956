package cloud.obiente.vpsgateway.attack;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How many arrivals of one attack there were, and where. */
record Delivery(Map<String, Integer> byPlace) {

    /** Places where nothing arrived are left out. */
    static Delivery of(Map<String, Integer> counts) {
        Map<String, Integer> byPlace = new TreeMap<>(counts);
        byPlace.values().removeIf(count -> count == 0);
        return new Delivery(byPlace);
    }

    boolean nothing() {
        return byPlace.isEmpty();
    }

    @Override
    public String toString() {
        return nothing()
                ? "nothing"
                : byPlace.entrySet().stream()
                        .map(place -> place.getKey() + " " + place.getValue())
                        .collect(Collectors.joining(", "));
    }
}
