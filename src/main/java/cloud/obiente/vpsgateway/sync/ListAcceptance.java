package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.KnowledgeUpdate;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.SourceState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * An operator's word that a list which leaves out implausibly much is right: a file {@code accept-list} in the state
 * directory, whose first line is the source as log and health name it. Anybody with write access there can write it, which
 * is nobody on the network, and is gone once it was read. One thread at a time.
 */
public final class ListAcceptance {
    public static final String FILE_NAME = "accept-list";

    private static final int MAX_BYTES = 1_024;
    private static final Caller OPERATOR = Caller.of("operator: " + FILE_NAME);
    private static final Logger LOG = Logger.getLogger(ListAcceptance.class);

    private final Ipam ipam;
    private final Path file;

    /** @param stateDirectory where the file is looked for */
    public ListAcceptance(Ipam ipam, Path stateDirectory) {
        this.ipam = ipam;
        this.file = stateDirectory.resolve(FILE_NAME);
    }

    /** Takes the operator's word, if there is one. To be called every few seconds, on a thread that may read a file. */
    public void check() {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try {
            String wanted = firstLine();
            Files.delete(file);
            accept(wanted);
        } catch (IOException fault) {
            LOG.warnf("%s cannot be read, or not removed: %s", file, fault);
        }
    }

    private String firstLine() throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("")
                    .strip();
        }
    }

    private void accept(String wanted) {
        Map<ListSource, SourceState> sources = ipam.snapshot().sources();
        Optional<ListSource> source = sources.keySet().stream()
                .filter(known -> known.toString().equals(wanted))
                .filter(known -> sources.get(known).implausibleSince().isPresent())
                .findFirst();
        if (source.isEmpty()) {
            LOG.warnf(
                    "%s names no source whose list waits to be accepted (expected one of: %s); nothing was done",
                    file, implausible(sources));
            return;
        }
        Decision<ListSource> accepted = (state, at) -> new Done<>(
                source.get(),
                List.of(),
                new KnowledgeUpdate(
                        Map.of(),
                        Map.of(source.get(), state.sources().get(source.get()).accepted(at)),
                        Set.of(),
                        List.of(),
                        Set.of()));
        ipam.submit(OPERATOR, Action.SYNC, accepted, Cancellation.NONE).thenAccept(outcome -> {
            if (outcome instanceof Outcome.Refused<ListSource> refused) {
                LOG.warnf(
                        "the list of %s was not accepted: %s",
                        source.get(), refused.refusal().message());
            } else {
                LOG.warnf(
                        "an operator accepts the list of %s: what it has left out for the grace, and nobody uses, is"
                                + " released with its next list",
                        source.get());
            }
        });
    }

    private static String implausible(Map<ListSource, SourceState> sources) {
        String names = sources.entrySet().stream()
                .filter(entry -> entry.getValue().implausibleSince().isPresent())
                .map(entry -> "'" + entry.getKey() + "'")
                .sorted()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none at present" : names;
    }
}
