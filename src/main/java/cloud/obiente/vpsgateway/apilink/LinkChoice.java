package cloud.obiente.vpsgateway.apilink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which links to ask next about one MAC: one of each name that the API instances have for this node. Instances that share
 * a database share that name, so asking one of them is enough where it finds the VPS; databases beside each other usually
 * have names of their own, and none of them waits for another. Stateless.
 */
final class LinkChoice {
    private LinkChoice() {}

    /** Those that have not been asked. */
    static List<ApiLink> unasked(Collection<ApiLink> links, Set<ApiLink> asked) {
        return links.stream().filter(link -> !asked.contains(link)).toList();
    }

    /** How many MACs can be asked about at once: as many as the name with the fewest links lets through. */
    static int capacity(Collection<ApiLink> links) {
        return links.stream()
                .collect(Collectors.groupingBy(link -> link.registration().node(), Collectors.summingInt(link -> 1)))
                .values()
                .stream()
                .mapToInt(ofNode -> ofNode * LinkQuestions.MAX_PER_LINK)
                .min()
                .orElse(0);
    }

    /** @return empty when there is none, or when one should be waited for */
    static List<ApiLink> next(Collection<ApiLink> links, Set<ApiLink> asked, LinkQuestions questions) {
        Map<String, List<ApiLink>> byNode = unasked(links, asked).stream()
                .collect(Collectors.groupingBy(link -> link.registration().node()));
        List<ApiLink> chosen = new ArrayList<>();
        for (List<ApiLink> ofNode : byNode.values()) {
            Optional<ApiLink> best = ofNode.stream()
                    .filter(questions::hasSlot)
                    .min(Comparator.comparing(questions::isStalled).thenComparing(questions::pendingOn));
            if (best.isPresent()) {
                chosen.add(best.get());
            } else if (!ofNode.stream().allMatch(questions::isStalled)) {
                return List.of();
            }
        }
        return chosen;
    }
}
