package cloud.obiente.vpsgateway.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PersistentMapTest {

    @Property(tries = 300)
    void behavesLikeATreeMapAndLeavesItsAncestorsAlone(
            @ForAll @Size(max = 300) List<@IntRange(min = -60, max = 60) Integer> steps) {
        TreeMap<Integer, String> model = new TreeMap<>();
        PersistentMap<Integer, String> map = PersistentMap.empty();
        List<PersistentMap<Integer, String>> ancestors = new ArrayList<>();
        List<List<String>> remembered = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            ancestors.add(map);
            remembered.add(map.values());
            int key = Math.abs(steps.get(i));
            if (steps.get(i) < 0) {
                model.remove(key);
                map = map.without(key);
            } else {
                model.put(key, key + "@" + i);
                map = map.with(key, key + "@" + i);
            }
            assertThat(map.values()).containsExactlyElementsOf(model.values());
            assertThat(map.size()).isEqualTo(model.size());
            assertThat(map.get(key)).isEqualTo(Optional.ofNullable(model.get(key)));
        }
        for (int i = 0; i < ancestors.size(); i++) {
            assertThat(ancestors.get(i).values()).isEqualTo(remembered.get(i));
        }
    }

    @Property(tries = 50)
    void staysBalanced(@ForAll @IntRange(min = 1, max = 3000) int size) {
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        for (int i = 0; i < size; i++) {
            map = map.with(i, i);
        }
        for (int i = 0; i < size; i += 3) {
            map = map.without(i);
        }
        assertThat(map.height()).isLessThanOrEqualTo((int) Math.ceil(1.4405 * Math.log(map.size() + 2) / Math.log(2)));
    }

    @Property(tries = 100)
    void firstGivesTheMatchWithTheLowestKey(
            @ForAll @Size(max = 50) List<Integer> keys, @ForAll @IntRange(min = 1, max = 5) int divisor) {
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        for (Integer key : keys) {
            map = map.with(key, key);
        }
        assertThat(map.first(value -> value % divisor == 0))
                .isEqualTo(keys.stream().filter(key -> key % divisor == 0).min(Integer::compare));
    }
}
