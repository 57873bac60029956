package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What is being asked of the API about MACs. Thread {@code api-links}, except where a method says otherwise.
 *
 * <p>Depends on no link, so that whatever serves the calls of links may ask; {@link ApiLinks} says which links there are.
 */
public final class MacInquiries implements MacQuestions {
    private final Executor loop;
    private final Supplier<IpamSnapshot> allocations;
    private final Questions questions;
    private Supplier<List<Link>> links = List::of;

    /**
     * @param loop runs tasks one after the other on {@code api-links}
     * @param steady measures how long something lasts
     */
    public MacInquiries(Executor loop, Clock steady, Supplier<IpamSnapshot> allocations, ApiLinkListener listener) {
        this.loop = loop;
        this.allocations = allocations;
        this.questions = new Questions(() -> links.get(), steady, listener);
    }

    /** To be called once, before the first link comes. */
    void askOver(Supplier<List<Link>> registered) {
        links = registered;
    }

    Questions questions() {
        return questions;
    }

    @Override
    public CompletionStage<Answer> whose(MacAddress mac) {
        CompletableFuture<Answer> result = new CompletableFuture<>();
        loop.execute(() -> questions
                .whose(mac, reservedFor(mac))
                .ifPresentOrElse(
                        asked -> asked.thenAccept(result::complete), () -> result.complete(new Answer.None())));
        return result;
    }

    /** The API looks an address up where it does not know the MAC, so only one that is this very MAC's may be named. */
    private Optional<Ipv4Address> reservedFor(MacAddress mac) {
        return allocations.get().ofMac(mac).map(Allocation::address);
    }
}
