package cloud.obiente.vpsgateway.grpc;

import static cloud.obiente.vpsgateway.grpc.Responses.answer;
import static cloud.obiente.vpsgateway.grpc.Responses.cancellation;

import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.grpc.Responses.AppliedCommand;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.ssh.OwnAddresses;
import cloud.obiente.vpsgateway.sync.SyncPipeline;
import cloud.obiente.vpsgateway.sync.SyncReport;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Lists of allocations, called or sent over a link. Stateless. */
@ApplicationScoped
public class SyncCalls {
    private final SyncPipeline syncs;
    private final MacInquiries inquiries;
    private final Supplier<Set<Ipv4Address>> ownAddresses;

    SyncCalls(SyncPipeline syncs, MacInquiries inquiries, OwnAddresses ownAddresses) {
        this.syncs = syncs;
        this.inquiries = inquiries;
        this.ownAddresses = ownAddresses;
    }

    /** A list by a call says nothing of who sends it: its source is the caller's host. */
    Uni<SyncAllocationsResponse> sync(SyncAllocationsRequest request) {
        return sync(new ListSource(host(CallerInterceptor.current()), ""), request);
    }

    public Uni<SyncAllocationsResponse> sync(ListSource source, SyncAllocationsRequest request) {
        SyncList list = SyncList.read(request.getAllocationsList(), ownAddresses);
        inquiries.listed(list.allocations().entries().stream()
                .flatMap(entry -> entry.mac().stream())
                .toList());
        return answer(
                syncs.submit(CallerInterceptor.current(), source, list.allocations(), cancellation()),
                done -> synced(list, done));
    }

    private static String host(Caller caller) {
        int end = caller.text().indexOf(' ');
        return end < 0 ? caller.text() : caller.text().substring(0, end);
    }

    private static SyncAllocationsResponse synced(SyncList list, AppliedCommand<SyncReport> done) {
        SyncReport report = done.value();
        int leftOut = list.leftOut(report);
        String counts = "added " + report.added() + ", removed " + report.removed() + ", changed " + report.changed()
                + ", unchanged " + report.unchanged();
        List<String> reasons = list.reasons(report);
        String message = leftOut == 0
                ? counts
                : counts + "; left out " + leftOut + ": " + String.join("; ", reasons)
                        + (leftOut > reasons.size() ? "; and " + (leftOut - reasons.size()) + " more" : "");
        return SyncAllocationsResponse.newBuilder()
                .setSuccess(leftOut == 0)
                .setAdded(report.added())
                .setRemoved(report.removed())
                .setMessage(done.describe(message))
                .addAllDiscoveredAllocations(
                        report.discovered().stream().map(ProtoMapper::desired).toList())
                .build();
    }
}
