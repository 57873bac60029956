package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.LeaseRecord;
import cloud.obiente.vpsgateway.v1.OrgLeaseRecord;
import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Values as messages. Stateless. */
final class ProtoMapper {
    /** What a VPS that has not fetched its address is told; the allocation itself has no end. */
    private static final Duration NO_LEASE_YET = Duration.ofHours(24);

    private ProtoMapper() {}

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /** The lease by which the holder has the address now. */
    static Optional<Lease> leaseOf(Allocation allocation, LeaseSnapshot leases, Instant now) {
        return leases.at(allocation.address())
                .filter(lease -> lease.isLive(now))
                .filter(lease -> allocation.mac().equals(Optional.of(lease.mac())));
    }

    /** The live lease's end; 24 h from now when there is none, or none that ends. */
    static Timestamp leaseExpires(Allocation allocation, LeaseSnapshot leases, Instant now) {
        return timestamp(
                leaseOf(allocation, leases, now).flatMap(Lease::expires).orElse(now.plus(NO_LEASE_YET)));
    }

    static IPAllocation allocation(Allocation allocation, LeaseSnapshot leases, Instant now) {
        return IPAllocation.newBuilder()
                .setVpsId(allocation.vps().toString())
                .setOrganizationId(allocation.organization().text())
                .setIpAddress(allocation.address().toString())
                .setMacAddress(allocation.mac().map(MacAddress::toString).orElse(""))
                .setAllocatedAt(timestamp(allocation.allocatedAt()))
                .setLeaseExpires(leaseExpires(allocation, leases, now))
                .setIsPublic(!allocation.isPrivate())
                .build();
    }

    static DesiredAllocation desired(Allocation allocation) {
        return DesiredAllocation.newBuilder()
                .setVpsId(allocation.vps().toString())
                .setOrganizationId(allocation.organization().text())
                .setIpAddress(allocation.address().toString())
                .setMacAddress(allocation.mac().map(MacAddress::toString).orElse(""))
                .setIsPublic(!allocation.isPrivate())
                .build();
    }

    static LeaseRecord lease(Lease lease) {
        LeaseRecord.Builder record = LeaseRecord.newBuilder()
                .setMacAddress(lease.mac().toString())
                .setIpAddress(lease.address().toString())
                .setHostname(lease.hostname().map(DnsLabel::text).orElse(""));
        lease.expires().ifPresent(end -> record.setExpiresAt(timestamp(end)));
        return record.build();
    }

    static OrgLeaseRecord orgLease(Allocation allocation, Lease lease) {
        OrgLeaseRecord.Builder record = OrgLeaseRecord.newBuilder()
                .setVpsId(allocation.vps().toString())
                .setOrganizationId(allocation.organization().text())
                .setMacAddress(lease.mac().toString())
                .setIpAddress(lease.address().toString())
                .setIsPublic(!allocation.isPrivate());
        lease.expires().ifPresent(end -> record.setExpiresAt(timestamp(end)));
        return record.build();
    }
}
