package cloud.obiente.vpsgateway.dnsmasq;

import static cloud.obiente.vpsgateway.dnsmasq.HostFilePublication.Part.DHCP_HOSTS;
import static cloud.obiente.vpsgateway.dnsmasq.HostFilePublication.Part.HOSTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HostFilePublicationTest {
    private static final HostFiles OLD = new HostFiles("old\n", "");
    private static final HostFiles NEW = new HostFiles("new\n", "");

    private final HostFilePublication publication = new HostFilePublication(List.of(HOSTS, DHCP_HOSTS), 0);

    @Test
    void bothFilesMustBeReadBeforeAChangeIsConfirmed() {
        CompletableFuture<Void> change = publication.add();
        publication.begin(NEW, 100);

        assertThat(publication.read(HOSTS, 150)).isNull();
        assertThat(publication.read(DHCP_HOSTS, 180)).isEqualTo(Duration.ofNanos(80));
        assertThat(publication.takeConfirmed()).containsExactly(change);
    }

    @Test
    void aChangeThatArrivesDuringAReloadWaitsForTheNext() {
        CompletableFuture<Void> early = publication.add();
        publication.begin(OLD, 0);
        CompletableFuture<Void> late = publication.add();
        publication.read(HOSTS, 1);
        publication.read(DHCP_HOSTS, 2);

        assertThat(publication.takeConfirmed()).containsExactly(early);
        assertThat(late).isNotDone();
        assertThat(publication.wanted()).isTrue();
    }

    /** A child that is down for days, and callers that ask again and again. */
    @Test
    void changesThatNobodyWaitsForAnyMoreDoNotPileUp() {
        CompletableFuture<Void> patient = publication.add();
        for (int i = 0; i < 100_000; i++) {
            publication.add().cancel(false);
        }
        assertThat(publication.waiting()).isLessThan(3_000);

        publication.begin(NEW, 0);
        publication.read(HOSTS, 1);
        publication.read(DHCP_HOSTS, 2);
        assertThat(publication.takeConfirmed()).contains(patient);
    }

    @Test
    void theChildRestsAsLongAsTheReloadTook() {
        publication.begin(NEW, 1_000);
        publication.read(HOSTS, 1_400);
        publication.read(DHCP_HOSTS, 1_500);

        assertThat(publication.pauseLeft(1_500)).isEqualTo(Duration.ofNanos(500));
        assertThat(publication.pauseLeft(2_000)).isZero();
    }

    @Test
    void howLongAReloadTakesIsKnownWhileItGoesOn() {
        assertThat(publication.readingFor(900)).isZero();
        publication.begin(NEW, 1_000);
        assertThat(publication.readingFor(1_700)).isEqualTo(Duration.ofNanos(700));
        publication.read(HOSTS, 1_800);
        publication.read(DHCP_HOSTS, 1_900);
        assertThat(publication.readingFor(2_000)).isZero();
    }

    @Test
    void linesThatAnswerNoSignalConfirmNothing() {
        CompletableFuture<Void> change = publication.add();

        assertThat(publication.read(HOSTS, 1)).isNull();
        assertThat(publication.read(DHCP_HOSTS, 2)).isNull();
        assertThat(publication.takeConfirmed()).doesNotContain(change);
    }

    @Test
    void aDeadChildLeavesItsChangesToTheNext() {
        CompletableFuture<Void> reading = publication.add();
        publication.begin(NEW, 0);
        CompletableFuture<Void> waiting = publication.add();
        publication.interrupted(5);
        publication.begin(NEW, 10);
        publication.read(HOSTS, 11);
        publication.read(DHCP_HOSTS, 12);

        assertThat(publication.takeConfirmed()).containsExactly(reading, waiting);
    }

    @Test
    void equalFilesNeedNoReloadUnlessDnsmasqIsToForget() {
        publication.begin(NEW, 0);
        assertThat(publication.isEffective(NEW)).isFalse();
        publication.read(HOSTS, 1);
        publication.read(DHCP_HOSTS, 2);

        assertThat(publication.isEffective(NEW)).isTrue();
        assertThat(publication.isEffective(OLD)).isFalse();
        publication.wantReread();
        assertThat(publication.isEffective(NEW)).isFalse();
    }
}
