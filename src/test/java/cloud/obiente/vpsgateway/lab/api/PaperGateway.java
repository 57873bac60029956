package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A gateway that does nothing of its own accord: it notes what the API says, and lists what a test gives it. */
final class PaperGateway implements GatewayPort {
    /** A call, as far as tests ask for it. */
    record Call(String method, String vps, Optional<MacAddress> mac) {}

    final List<Call> calls = new ArrayList<>();
    final List<List<LeaseEntry>> lists = new ArrayList<>();
    final List<String> registrations = new ArrayList<>();
    final List<Runnable> ends = new ArrayList<>();
    List<LeaseEntry> listed = List.of();
    List<LeaseEntry> discovered = List.of();
    Questions questions;
    boolean reachable = true;

    @Override
    public CompletionStage<GatewayLink> register(String instance, String node, Questions answers, Runnable onEnd) {
        if (!reachable) {
            return CompletableFuture.failedFuture(new IllegalStateException("refused"));
        }
        registrations.add(instance + " " + node);
        questions = answers;
        ends.add(onEnd);
        return CompletableFuture.completedFuture(new Link(onEnd));
    }

    void endAllLinks() {
        List<Runnable> open = List.copyOf(ends);
        ends.clear();
        open.forEach(Runnable::run);
    }

    @Override
    public CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac) {
        calls.add(new Call("AllocateIP", vps, Optional.of(mac)));
        return CompletableFuture.completedFuture(Ipv4Address.parse("10.0.0.99"));
    }

    @Override
    public CompletionStage<Void> release(String vps) {
        calls.add(new Call("ReleaseIP", vps, Optional.empty()));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<LeaseEntry>> listIps() {
        return CompletableFuture.completedFuture(listed);
    }

    @Override
    public CompletionStage<Void> addStaticLease(LeaseEntry lease) {
        calls.add(new Call("AddStaticDHCPLease", lease.vps(), lease.mac()));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> removeStaticLease(LeaseEntry lease) {
        calls.add(new Call("RemoveStaticDHCPLease", lease.vps(), lease.mac()));
        return CompletableFuture.completedFuture(null);
    }

    private final class Link implements GatewayLink {
        private final Runnable onEnd;

        Link(Runnable onEnd) {
            this.onEnd = onEnd;
        }

        @Override
        public CompletionStage<List<LeaseEntry>> sync(List<LeaseEntry> list) {
            lists.add(list);
            return CompletableFuture.completedFuture(discovered);
        }

        @Override
        public void breakOff() {
            if (ends.remove(onEnd)) {
                onEnd.run();
            }
        }

        @Override
        public CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac) {
            return PaperGateway.this.allocate(vps, organization, mac);
        }

        @Override
        public CompletionStage<Void> release(String vps) {
            return PaperGateway.this.release(vps);
        }

        @Override
        public CompletionStage<List<LeaseEntry>> listIps() {
            return PaperGateway.this.listIps();
        }

        @Override
        public CompletionStage<Void> addStaticLease(LeaseEntry lease) {
            return PaperGateway.this.addStaticLease(lease);
        }

        @Override
        public CompletionStage<Void> removeStaticLease(LeaseEntry lease) {
            return PaperGateway.this.removeStaticLease(lease);
        }
    }
}
