package cloud.obiente.vpsgateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class KeyedSequencerTest {
    private static final Ipv4Address ONE = Ipv4Address.parse("203.0.113.1");
    private static final Ipv4Address OTHER = Ipv4Address.parse("203.0.113.2");

    private final KeyedSequencer turns = new KeyedSequencer();
    private final List<String> begun = new ArrayList<>();
    private final CompletableFuture<String> first = new CompletableFuture<>();

    @Test
    void workAboutTheSameAddressWaits() {
        begin("first", first, ONE);
        CompletionStage<String> second = begin("second", CompletableFuture.completedFuture("done"), OTHER, ONE);
        assertThat(begun).containsExactly("first");

        first.complete("done");

        assertThat(begun).containsExactly("first", "second");
        assertThat(second.toCompletableFuture()).isCompletedWithValue("done");
    }

    @Test
    void workAboutOtherAddressesDoesNot() {
        begin("first", first, ONE);
        begin("second", CompletableFuture.completedFuture("done"), OTHER);
        begin("third", CompletableFuture.completedFuture("done"));
        assertThat(begun).containsExactly("first", "second", "third");
    }

    @Test
    void workThatFailsEndsItsTurn() {
        begin("first", first, ONE);
        begin("second", CompletableFuture.completedFuture("done"), ONE);
        first.completeExceptionally(new IllegalStateException("expected"));
        assertThat(begun).containsExactly("first", "second");
    }

    private CompletionStage<String> begin(String name, CompletableFuture<String> work, Ipv4Address... addresses) {
        return turns.submit(List.of(addresses), () -> {
            begun.add(name);
            return work;
        });
    }
}
