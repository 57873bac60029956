package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ops.SyncMeters;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.sync.AbsenceReview;
import cloud.obiente.vpsgateway.sync.ArpEvidence;
import cloud.obiente.vpsgateway.sync.LastSeenRecorder;
import cloud.obiente.vpsgateway.sync.LeaseEvidence;
import cloud.obiente.vpsgateway.sync.ListAcceptance;
import cloud.obiente.vpsgateway.sync.SightingEvidence;
import cloud.obiente.vpsgateway.sync.SyncPipeline;
import cloud.obiente.vpsgateway.sync.SyncRules;
import cloud.obiente.vpsgateway.sync.SyncStatus;
import cloud.obiente.vpsgateway.sync.UsageEvidence;
import cloud.obiente.vpsgateway.sync.WatchTime;
import cloud.obiente.vpsgateway.sync.WatchedEvidence;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Wires what decides about lists of allocations. */
@Singleton
public class SyncBeans {
    @Produces
    @Singleton
    SyncRules syncRules(GatewaySettings settings) {
        return SyncRules.of(settings.syncGrace());
    }

    @Produces
    @Singleton
    WatchTime watchTime(Clock clock) {
        return new WatchTime(clock);
    }

    @Produces
    @Singleton
    UsageEvidence evidence(
            Ipam ipam,
            LeaseWatcher leases,
            SegmentWatch segment,
            DnsmasqSettings dnsmasq,
            WatchTime watch,
            SyncRules rules,
            Clock clock) {
        LeaseEvidence leasing = new LeaseEvidence(ipam::snapshot, leases::latest, clock);
        return segment.settings().roundInterval().isPresent()
                ? WatchedEvidence.withArp(leasing, new ArpEvidence(ipam::snapshot, segment::known), watch, rules)
                : WatchedEvidence.withoutArp(
                        leasing,
                        new SightingEvidence(ipam::snapshot, rules.grace(), clock),
                        watch,
                        rules,
                        dnsmasq.maxLeaseTime());
    }

    @Produces
    @Singleton
    ListAcceptance listAcceptance(Ipam ipam, StateDirectory directory) {
        return new ListAcceptance(ipam, directory.path());
    }

    @Produces
    @Singleton
    SyncMeters syncMeters(MeterRegistry registry, Ipam ipam, SyncRules rules, Clock clock) {
        return new SyncMeters(
                registry, () -> SyncStatus.of(ipam.snapshot(), rules, clock.instant()), span -> ipam.snapshot()
                        .unseenFor(span, clock.instant()));
    }

    @Produces
    @Singleton
    LastSeenRecorder sightings(Ipam ipam, LeaseWatcher leases, SegmentWatch segment, Clock clock) {
        UsageEvidence leasing = new LeaseEvidence(ipam::snapshot, leases::latest, clock);
        // It looks at everybody: what others have asked for is enough.
        return new LastSeenRecorder(
                ipam, leasing.or(new ArpEvidence(ipam::snapshot, segment.addressUse()::latest)), clock);
    }

    @Produces
    @Singleton
    SyncPipeline syncs(Ipam ipam, Provisioner provisioner, SyncRules rules, UsageEvidence evidence) {
        return new SyncPipeline(ipam, provisioner, rules, evidence);
    }

    @Produces
    @Singleton
    AbsenceReview absenceReview(
            Ipam ipam,
            Provisioner provisioner,
            MacInquiries questions,
            SyncRules rules,
            UsageEvidence evidence,
            Clock clock) {
        return new AbsenceReview(ipam::snapshot, provisioner, questions, rules, evidence, clock);
    }
}
