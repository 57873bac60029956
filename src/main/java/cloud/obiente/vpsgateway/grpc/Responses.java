package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.reconcile.ProvisionResult;
import io.grpc.Context;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What calls that change something have in common. Stateless. */
final class Responses {
    private Responses() {}

    /**
     * A command that was carried out.
     *
     * @param pending what is not confirmed yet
     */
    record AppliedCommand<T>(T value, Optional<String> pending) {
        String describe(String message) {
            return pending.map(p -> message + " (not confirmed yet: " + p + ")").orElse(message);
        }
    }

    static <T, A> Uni<A> answer(CompletionStage<ProvisionResult<T>> work, Function<AppliedCommand<T>, A> toMessage) {
        return Uni.createFrom().completionStage(work).map(provisioned -> {
            if (provisioned.outcome() instanceof Outcome.Refused<T> refused) {
                throw StatusMapper.of(refused.refusal());
            }
            Outcome.Done<T> done = (Outcome.Done<T>) provisioned.outcome();
            return toMessage.apply(new AppliedCommand<>(done.value(), provisioned.pending()));
        });
    }

    /** Ends with the call: by its deadline, by the caller, or with the connection. */
    static Cancellation cancellation() {
        Context call = Context.current();
        return call::isCancelled;
    }

    static String addresses(List<Allocation> allocations) {
        return allocations.stream()
                .map(allocation -> allocation.address().toString())
                .collect(Collectors.joining(", "));
    }
}
