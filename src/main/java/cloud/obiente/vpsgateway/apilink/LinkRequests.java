package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener.RequestOutcome;
import cloud.obiente.vpsgateway.apilink.UnaryCalls.Reply;
import cloud.obiente.vpsgateway.apilink.UnaryCalls.Running;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What one link has asked for and not been answered yet. Thread {@code api-links}. */
final class LinkRequests {
    static final int MAX_CONCURRENT = 64;

    private static final Reply TOO_MANY = new Reply.Failed("RESOURCE_EXHAUSTED: " + MAX_CONCURRENT
            + " requests of this link are being worked on; nothing was done, retry when one is answered");

    private final UnaryCalls calls;
    private final Caller caller;
    private final Executor loop;
    private final ApiLinkListener listener;
    private final Set<Running> running = new HashSet<>();
    private long runningBytes;

    LinkRequests(UnaryCalls calls, Caller caller, Executor loop, ApiLinkListener listener) {
        this.calls = calls;
        this.caller = caller;
        this.loop = loop;
        this.listener = listener;
    }

    /** @param answer called once, on the loop; not at all after {@link #cancel} */
    void start(String method, ByteString request, Consumer<Reply> answer) {
        start(() -> calls.start(method, request, caller), request.size(), answer);
    }

    /**
     * @param source whose list it is
     * @param answer called once, on the loop; not at all after {@link #cancel}
     */
    void sync(ListSource source, SyncAllocationsRequest list, Consumer<Reply> answer) {
        start(() -> calls.sync(source, list, caller), list.getSerializedSize(), answer);
    }

    private void start(Supplier<Running> begin, int bytes, Consumer<Reply> answer) {
        if (running.size() >= MAX_CONCURRENT) {
            listener.requestEnded(RequestOutcome.REFUSED);
            answer.accept(TOO_MANY);
            return;
        }
        Running call = begin.get();
        running.add(call);
        runningBytes += bytes;
        call.reply().thenAccept(reply -> loop.execute(() -> ended(call, bytes, reply, answer)));
    }

    private void ended(Running call, int bytes, Reply reply, Consumer<Reply> answer) {
        if (running.remove(call)) {
            runningBytes -= bytes;
            listener.requestEnded(reply instanceof Reply.Failed ? RequestOutcome.FAILED : RequestOutcome.DONE);
            answer.accept(reply);
        }
    }

    int count() {
        return running.size();
    }

    /** Of the requests being worked on. */
    long bytes() {
        return runningBytes;
    }

    void cancel() {
        Set<Running> abandoned = Set.copyOf(running);
        running.clear();
        runningBytes = 0;
        abandoned.forEach(Running::cancel);
    }
}
