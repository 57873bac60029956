package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vpsgateway.apilink.ApiLinkListener.Healing;
import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.ReleaseCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** VPSs that have no address here and get one, because the API knows their MACs. */
class AdoptionTest extends HealerFixture {
    private static final VpsId VPS_1 = VpsId.parse("vps-1");

    @Test
    void theOnlyGatewayAdoptsWhatTheApiKnows() {
        adopt("vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        assertThat(adoptions.unlisted().made()).extracting(Allocation::vps).containsExactly(VPS_1);
        assertThat(adoptions.unlisted().underWay()).isEmpty();
    }

    /** The answer may have been lost, or another instance of the API may have written its list before it was stored. */
    @Test
    void anAdoptionThatWasReportedIsReportedAgain() {
        adopt("vps-1");
        List<Allocation> made = adoptions.unlisted().made();
        adoptions.reported(made);
        assertThat(adoptions.unlisted().made()).isEqualTo(made);
    }

    @Test
    void anAdoptionThatAListNamesIsTheApis() {
        adopt("vps-1");
        adoptions.reported(adoptions.unlisted().made());
        adoptions.listed(Set.of(VPS_1));
        assertThat(adoptions.unlisted().vpss()).isEmpty();
    }

    @Test
    void anAdoptionThatNoListHasNamedForTenMinutesIsNotProtectedAnyLonger() {
        adopt("vps-1");
        adoptions.reported(adoptions.unlisted().made());
        room.pass(Duration.ofMinutes(10));
        adoptions.reported(adoptions.unlisted().made());
        assertThat(adoptions.unlisted().vpss()).containsExactly(VPS_1);
        room.pass(Duration.ofSeconds(1));
        assertThat(adoptions.unlisted().vpss()).isEmpty();
    }

    @Test
    void anAdoptionThatWasNeverReportedIsProtectedHoweverLongThatTakes() {
        adopt("vps-1");
        room.pass(Duration.ofMinutes(20));
        assertThat(adoptions.unlisted().vpss()).containsExactly(VPS_1);
    }

    @Test
    void anAdoptionOfAnEarlierRunIsReported() {
        allocate("vps-1", Optional.of(NEW));
        adoptions.resume(List.of(ipam.snapshot().ofMac(NEW).orElseThrow()));
        assertThat(adoptions.unlisted().made()).extracting(Allocation::vps).containsExactly(VPS_1);
    }

    @Test
    void aVpsThatIsAdoptedOnceMoreIsReportedAnew() {
        adopt("vps-1");
        adoptions.reported(adoptions.unlisted().made());
        room.pass(Duration.ofMinutes(9));
        adoptions.made(ipam.snapshot().ofMac(NEW).orElseThrow());
        room.pass(Duration.ofMinutes(9));
        assertThat(adoptions.unlisted().vpss()).containsExactly(VPS_1);
    }

    @Test
    void anAdoptionIsKnownToSyncsFromTheMomentThatItCanBeInTheStore() {
        CompletableFuture<Void> published = new CompletableFuture<>();
        Peer api = room.register("api-1", "node-1");
        Bindings slow = new Waiting(ipam) {
            @Override
            public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
                CompletionStage<Outcome<Allocation>> decided = super.allocate(command);
                return published.thenCompose(nothing -> decided);
            }
        };
        healer(UnknownClients.ADOPT, slow).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");

        Adoptions.Unlisted meanwhile = adoptions.unlisted();
        assertThat(meanwhile.made()).isEmpty();
        assertThat(meanwhile.vpss()).containsExactly(VpsId.parse("vps-1"));

        published.complete(null);
        assertThat(adoptions.unlisted().made()).hasSize(1);
        assertThat(adoptions.unlisted().underWay()).isEmpty();
    }

    @Test
    void anAdoptionThatWasReleasedBeforeTheApiWasToldIsNotTold() {
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.ADOPT).unknownClient(NEW);
        answer(api, "vps-1");
        ipam.release(Caller.of("test"), new ReleaseCommand(VpsId.parse("vps-1"), Optional.empty()), Cancellation.NONE)
                .toCompletableFuture()
                .join();
        assertThat(adoptions.unlisted().made()).isEmpty();
    }

    @Test
    void anAdoptionThatIsReleasedBeforeTheAnswerIsWrittenStandsNoMore() {
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.ADOPT).unknownClient(NEW);
        answer(api, "vps-1");
        List<Allocation> made = adoptions.unlisted().made();
        assertThat(adoptions.standing(made)).hasSize(1);
        ipam.release(Caller.of("test"), new ReleaseCommand(VpsId.parse("vps-1"), Optional.empty()), Cancellation.NONE)
                .toCompletableFuture()
                .join();
        assertThat(adoptions.standing(made)).isEmpty();
    }

    @Test
    void anAdoptionThatFailsIsForgotten() {
        Peer api = room.register("api-1", "node-1");
        Bindings broken = new Waiting(ipam) {
            @Override
            public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
                return CompletableFuture.failedFuture(new IllegalStateException("the disk is full"));
            }
        };
        healer(UnknownClients.ADOPT, broken).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(room.heard).contains(Healing.REFUSED);
        assertThat(adoptions.unlisted().vpss()).isEmpty();
    }

    @Test
    void anAdoptedVpsKeepsTheAddressThatItHas() {
        leased(NEW, "10.0.0.25");
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.ADOPT).unknownClient(NEW);
        assertThat(asked(api)).extracting(FindVPSByLeaseRequest::getIp).containsExactly("");
        answer(api, "vps-1");
        assertThat(ipam.snapshot().at(ip("10.0.0.25"))).isPresent();
    }

    @Test
    void anAdoptedVpsWhoseAddressIsTakenGetsAnother() {
        ipam.allocate(
                        Caller.of("test"),
                        new AllocateCommand(
                                VpsId.parse("other"),
                                OrganizationId.UNKNOWN,
                                Optional.empty(),
                                Optional.of(ip("10.0.0.25"))),
                        Cancellation.NONE)
                .toCompletableFuture()
                .join();
        leased(NEW, "10.0.0.25");
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.ADOPT).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        assertThat(room.heard).contains(Healing.ADOPTED);
    }

    private void adopt(String vps) {
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.ADOPT).unknownClient(NEW);
        answer(api, vps);
    }
}
