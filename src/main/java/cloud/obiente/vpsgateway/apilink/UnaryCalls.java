package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import com.google.protobuf.ByteString;
import java.util.concurrent.CompletionStage;

/** The unary methods of the service, by their bare names. */
public interface UnaryCalls {
    /**
     * Begins a call and does not wait for it.
     *
     * @param method such as {@code AllocateIP}
     * @param request its request message, in protobuf's binary form
     */
    Running start(String method, ByteString request, Caller caller);

    /**
     * Begins with a list of allocations and does not wait for it.
     *
     * @param source whose list it is
     */
    Running sync(ListSource source, SyncAllocationsRequest list, Caller caller);

    /** A call that has begun. */
    interface Running {
        /** Comes on any thread, and does not fail: what fails is a {@link Reply.Failed}. */
        CompletionStage<Reply> reply();

        /** The caller has gone; what has not been decided yet will not be. */
        void cancel();
    }

    /** How a call ended. */
    sealed interface Reply {
        /** @param response the response message, in protobuf's binary form */
        record Succeeded(ByteString response) implements Reply {}

        /** @param result of a list */
        record Synced(SyncAllocationsResponse result) implements Reply {}

        /** @param error {@code CODE: message} */
        record Failed(String error) implements Reply {}
    }
}
