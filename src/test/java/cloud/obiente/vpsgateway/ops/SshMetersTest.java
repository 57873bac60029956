package cloud.obiente.vpsgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ssh.Allocations;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SshMetersTest {
    private static final Allocation PRIVATE = Allocations.held("vps-1", "10.15.3.20", Allocation.Kind.PRIVATE);
    private static final Allocation PUBLIC = Allocations.held("vps-1", "203.0.113.7", Allocation.Kind.PUBLIC);

    private final AtomicReference<IpamSnapshot> held = new AtomicReference<>(Allocations.snapshot(PRIVATE, PUBLIC));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SshMeters meters = new SshMeters(registry, held::get);

    @Test
    void seriesOfAVpsStayWhileItHasAnotherAddress() {
        meters.connected(Optional.of(PRIVATE)).in(5);
        release(PUBLIC, PRIVATE);
        assertThat(seriesOf("vps-1")).isNotEmpty();
        release(PRIVATE);
        assertThat(seriesOf("vps-1")).isEmpty();
    }

    @Test
    void aVpsThatWasReleasedWhileItWasDialedGetsNoSeries() {
        release(PRIVATE, PUBLIC);
        release(PUBLIC);
        meters.connected(Optional.of(PRIVATE)).in(5);
        assertThat(seriesOf("vps-1")).isEmpty();
        assertThat(registry.get("vps_gateway_ssh_proxy_connections")
                        .tag("vps_id", "other")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    /** @param left what is held afterwards */
    private void release(Allocation gone, Allocation... left) {
        held.set(Allocations.snapshot(left));
        meters.changed(List.of(new AllocationChange(Optional.of(gone), Optional.empty())));
    }

    private List<Meter> seriesOf(String vps) {
        return registry.getMeters().stream()
                .filter(meter -> vps.equals(meter.getId().getTag("vps_id")))
                .toList();
    }
}
