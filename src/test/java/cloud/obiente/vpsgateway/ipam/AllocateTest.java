package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.address;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.done;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.ip;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.mac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocateTest {
    @TempDir
    Path directory;

    private IpamFixture ipam;

    @BeforeEach
    void open() {
        ipam = new IpamFixture(directory, pool("10.0.0.10", "10.0.0.13", "10.0.0.10"));
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void givesTheLowestAddressThatIsNotReserved() {
        assertThat(address(ipam.allocate("vps-1"))).isEqualTo("10.0.0.11");
        assertThat(address(ipam.allocate("vps-2"))).isEqualTo("10.0.0.12");
    }

    @Test
    void whatAnUnknownClientUsesIsGivenLast() {
        ipam.unknownClientsUse.addAll(Set.of(ip("10.0.0.11"), ip("10.0.0.12")));
        assertThat(address(ipam.allocate("vps-1"))).isEqualTo("10.0.0.13");
        assertThat(address(ipam.allocate("vps-2"))).isEqualTo("10.0.0.11");

        ipam.release("vps-1", "");
        ipam.unknownClientsUse.add(ip("10.0.0.13"));
        assertThat(address(ipam.allocate("vps-3"))).isEqualTo("10.0.0.12");
        assertThat(address(ipam.allocate("vps-4"))).isEqualTo("10.0.0.13");
    }

    @Test
    void candidatesAreWhatIsGivenNextInThatOrder() {
        assertThat(ipam.snapshot().candidates(2)).containsExactly(ip("10.0.0.11"), ip("10.0.0.12"));
        ipam.allocate("vps-1");
        ipam.allocate("vps-2");
        ipam.release("vps-2", "");
        ipam.release("vps-1", "");

        List<Ipv4Address> candidates = ipam.snapshot().candidates(5);
        assertThat(candidates).containsExactly(ip("10.0.0.13"), ip("10.0.0.12"), ip("10.0.0.11"));
        for (Ipv4Address candidate : candidates) {
            assertThat(address(ipam.allocate("next-" + candidate.bits()))).isEqualTo(candidate.toString());
        }
        assertThat(ipam.snapshot().candidates(5)).isEmpty();
    }

    @Test
    void whatIsInUseIsNoCandidate() {
        ipam.unknownClientsUse.addAll(Set.of(ip("10.0.0.11"), ip("10.0.0.13")));
        assertThat(ipam.snapshot().candidates(5)).containsExactly(ip("10.0.0.12"));
        ipam.allocate("vps-1");
        assertThat(ipam.snapshot().candidates(5)).isEmpty();
    }

    @Test
    void whatIsHeldWithoutANicOrReservedOrRestsIsExcludedFromTheDynamicRange() {
        ipam.allocate("vps-1");
        ipam.allocate("vps-2", "org-1", mac(1), "");
        ipam.allocate("vps-3", "org-1", mac(2), "");
        ipam.release("vps-3", "");
        Ipv4Range range = new Ipv4Range(ip("10.0.0.10"), ip("10.0.0.13"));

        assertThat(ipam.snapshot().excludedFromDynamicRange(range, ipam.clock.instant()))
                .containsExactlyInAnyOrder(ip("10.0.0.10"), ip("10.0.0.11"), ip("10.0.0.13"));
        ipam.clock.advance(IpamFixture.QUARANTINE);
        assertThat(ipam.snapshot().excludedFromDynamicRange(range, ipam.clock.instant()))
                .containsExactlyInAnyOrder(ip("10.0.0.10"), ip("10.0.0.11"));
    }

    @Test
    void isRememberedWithEverythingTheCallerSaid() {
        Allocation allocation = done(ipam.allocate("VPS-1", "org-1", "02-00-00-00-00-0A", ""));
        assertThat(allocation.vps()).hasToString("vps-1");
        assertThat(allocation.organization()).hasToString("org-1");
        assertThat(allocation.mac()).hasToString("Optional[02:00:00:00:00:0a]");
        assertThat(allocation.allocatedAt()).isEqualTo(ipam.clock.instant());
        assertThat(allocation.kind()).isEqualTo(Allocation.Kind.PRIVATE);
        assertThat(ipam.snapshot().all()).containsExactly(allocation);
        assertThat(ipam.snapshot().ofMac(allocation.mac().orElseThrow())).contains(allocation);
        assertThat(ipam.snapshot().at(allocation.address())).contains(allocation);
    }

    @Test
    void aRepeatGivesTheSameAddressWhateverIsPreferredNow() {
        Allocation first = done(ipam.allocate("vps-1", "org-1", mac(1), ""));
        ipam.clock.advance(Duration.ofDays(1));
        assertThat(done(ipam.allocate("vps-1", "", "", "10.0.0.13"))).isEqualTo(first);
        assertThat(done(ipam.allocate("vps-1", "org-1", mac(1), "192.168.0.1"))).isEqualTo(first);
    }

    @Test
    void aRepeatThatChangesNothingIsNoEvent() {
        ipam.allocate("vps-1", "org-1", mac(1), "");
        Outcome<Allocation> repeat = ipam.allocate("vps-1", "org-1", mac(1), "");
        assertThat(repeat).isEqualTo(new Outcome.Done<>(done(repeat), List.of()));
        assertThat(ipam.store().commits().stream().flatMap(batch -> batch.events().stream()))
                .hasSize(1);
    }

    @Test
    void aRepeatWithANewMacRebinds() {
        ipam.allocate("vps-1", "", mac(1), "");
        assertThat(address(ipam.allocate("vps-1", "", mac(2), ""))).isEqualTo("10.0.0.11");
        assertThat(ipam.macOf("vps-1")).isEqualTo(mac(2));
        assertThat(address(ipam.allocate("vps-2", "", mac(1), ""))).isEqualTo("10.0.0.12");
    }

    @Test
    void aRepeatWithoutMacKeepsTheBinding() {
        ipam.allocate("vps-1", "", mac(1), "");
        ipam.allocate("vps-1");
        assertThat(ipam.macOf("vps-1")).isEqualTo(mac(1));
    }

    @Test
    void onlyAKnownOrganizationReplacesTheOldOne() {
        ipam.allocate("vps-1", "org-1", "", "");
        assertThat(done(ipam.allocate("vps-1", "org-2", "", "")).organization()).hasToString("org-2");
        assertThat(done(ipam.allocate("vps-1", "", "", "")).organization()).hasToString("org-2");
    }

    @Test
    void aMacOfAnotherVpsIsRefusedNamingBoth() {
        ipam.allocate("vps-1", "", mac(1), "");
        ipam.allocate("vps-2");
        for (String vps : new String[] {"vps-2", "vps-3"}) {
            Refusal refusal = refusal(ipam.allocate(vps, "", mac(1), ""));
            assertThat(refusal.reason()).isEqualTo(RefusalReason.MAC_TAKEN);
            assertThat(refusal.message()).contains(mac(1), "vps-1", "10.0.0.11");
            assertThat(refusal.details()).containsEntry("holder", "vps-1").containsEntry("address", "10.0.0.11");
        }
        assertThat(ipam.snapshot().all()).hasSize(2);
    }

    @Test
    void aPreferredAddressIsGivenWhenItIsFree() {
        assertThat(address(ipam.allocate("vps-1", "", "", "10.0.0.13"))).isEqualTo("10.0.0.13");
        assertThat(address(ipam.allocate("vps-2"))).isEqualTo("10.0.0.11");
    }

    @Test
    void aPreferredAddressMustBeInThePool() {
        for (String outside : new String[] {"10.0.0.9", "10.0.0.14", "255.255.255.255", "0.0.0.0"}) {
            assertThat(refusal(ipam.allocate("vps-1", "", "", outside)).reason())
                    .isEqualTo(RefusalReason.OUTSIDE_POOL);
        }
    }

    @Test
    void aReservedAddressIsNotGivenOnRequest() {
        assertThat(refusal(ipam.allocate("vps-1", "", "", "10.0.0.10")).reason())
                .isEqualTo(RefusalReason.ADDRESS_RESERVED);
    }

    @Test
    void aPreferredAddressOfAnotherVpsIsRefusedNamingIt() {
        ipam.allocate("vps-1");
        Refusal refusal = refusal(ipam.allocate("vps-2", "", "", "10.0.0.11"));
        assertThat(refusal.reason()).isEqualTo(RefusalReason.ADDRESS_TAKEN);
        assertThat(refusal.message()).contains("10.0.0.11", "vps-1");
    }

    @Test
    void aPreferredAddressMayStillRest() {
        ipam.allocate("vps-1");
        ipam.release("vps-1", "");
        assertThat(address(ipam.allocate("vps-2", "", "", "10.0.0.11"))).isEqualTo("10.0.0.11");
        assertThat(ipam.snapshot().quarantined(ipam.clock.instant())).isZero();
    }

    @Test
    void addressesNeverUsedComeBeforeReleasedOnes() {
        ipam.allocate("vps-1");
        ipam.release("vps-1", "");
        ipam.clock.advance(IpamFixture.QUARANTINE.multipliedBy(2));
        assertThat(address(ipam.allocate("vps-2"))).isEqualTo("10.0.0.12");
        assertThat(address(ipam.allocate("vps-3"))).isEqualTo("10.0.0.13");
        assertThat(address(ipam.allocate("vps-4"))).isEqualTo("10.0.0.11");
    }

    @Test
    void theAddressReleasedLongestAgoComesFirstAlsoAfterARestart() {
        useAll();
        ipam.release("vps-2", "");
        ipam.clock.advance(Duration.ofMinutes(1));
        ipam.release("vps-3", "");
        ipam.clock.advance(Duration.ofMinutes(1));
        ipam.release("vps-1", "");
        ipam.clock.advance(IpamFixture.QUARANTINE);
        ipam.reopened();
        assertThat(address(ipam.allocate("a"))).isEqualTo("10.0.0.12");
        assertThat(address(ipam.allocate("b"))).isEqualTo("10.0.0.13");
        assertThat(address(ipam.allocate("c"))).isEqualTo("10.0.0.11");
    }

    @Test
    void quarantineIsCutShortWhenNothingElseIsFree() {
        useAll();
        ipam.release("vps-2", "");
        ipam.release("vps-1", "");
        assertThat(ipam.snapshot().quarantined(ipam.clock.instant())).isEqualTo(2);
        assertThat(address(ipam.allocate("a"))).isEqualTo("10.0.0.12");
    }

    @Test
    void aClockThatIsSetBackDoesNotUpsetTheQueue() {
        useAll();
        ipam.release("vps-2", "");
        ipam.clock.advance(Duration.ofDays(-30));
        ipam.release("vps-1", "");
        assertThat(address(ipam.allocate("a"))).isEqualTo("10.0.0.12");
    }

    @Test
    void anEmptyPoolIsAnAnswerThatSaysWhatToDo() {
        useAll();
        Refusal refusal = refusal(ipam.allocate("vps-4"));
        assertThat(refusal.reason()).isEqualTo(RefusalReason.POOL_EXHAUSTED);
        assertThat(refusal.message()).contains("all 3", "10.0.0.10-10.0.0.13", "release");
        assertThat(ipam.snapshot().poolAvailable()).isZero();
    }

    @Test
    void aPoolOfReservedAddressesIsExhaustedFromTheStart() {
        ipam.reopened(pool("10.0.0.10", "10.0.0.10", "10.0.0.10"));
        assertThat(refusal(ipam.allocate("vps-1")).reason()).isEqualTo(RefusalReason.POOL_EXHAUSTED);
    }

    @Test
    void countsAddUp() {
        ipam.allocate("vps-1");
        ipam.allocate("vps-2");
        ipam.release("vps-1", "");
        IpamSnapshot snapshot = ipam.snapshot();
        assertThat(snapshot.poolSize()).isEqualTo(3);
        assertThat(snapshot.allocatedInPool()).isEqualTo(1);
        assertThat(snapshot.poolAvailable()).isEqualTo(2);
        assertThat(snapshot.quarantined(ipam.clock.instant())).isEqualTo(1);
        assertThat(snapshot.quarantined(ipam.clock.instant().plus(IpamFixture.QUARANTINE)))
                .isZero();
    }

    @Test
    void allocationsOutsideAMovedPoolAreKeptAndReported() {
        Allocation inside = done(ipam.allocate("vps-1"));
        Allocation outside = done(ipam.allocate("vps-2"));
        Allocation nowReserved = done(ipam.allocate("vps-3"));
        ipam.reopened(pool("10.0.0.13", "10.0.0.15", "10.0.0.13"));
        assertThat(ipam.snapshot().all()).containsExactly(inside, outside, nowReserved);
        assertThat(ipam.snapshot().stranded()).containsExactly(inside, outside, nowReserved);
        assertThat(ipam.snapshot().allocatedInPool()).isZero();
        assertThat(done(ipam.allocate("vps-3"))).isEqualTo(nowReserved);
        assertThat(address(ipam.allocate("vps-4"))).isEqualTo("10.0.0.14");
    }

    @Test
    void anAddressReleasedOutsideThePoolIsNotNewWhenThePoolGrowsBack() {
        ipam.allocate("vps-1");
        ipam.reopened(pool("10.0.0.12", "10.0.0.12"));
        ipam.release("vps-1", "");
        ipam.reopened(pool("10.0.0.11", "10.0.0.12"));
        assertThat(address(ipam.allocate("vps-2"))).isEqualTo("10.0.0.12");
        assertThat(address(ipam.allocate("vps-3"))).isEqualTo("10.0.0.11");
    }

    @Test
    void aReleasedAddressThatBecameReservedIsNotHandedOut() {
        useAll();
        ipam.release("vps-1", "");
        ipam.reopened(pool("10.0.0.11", "10.0.0.13", "10.0.0.11"));
        assertThat(refusal(ipam.allocate("vps-4")).reason()).isEqualTo(RefusalReason.POOL_EXHAUSTED);
    }

    private void useAll() {
        for (int i = 1; i <= 3; i++) {
            ipam.allocate("vps-" + i);
        }
    }

    @Test
    void whenNothingElseIsFreeTheAddressUnseenForLongestIsReclaimed() {
        List<String> all = fill();
        ipam.clock.advance(IpamFixture.RECLAIM_AFTER);
        String renewed = all.get(0);
        ipam.allocate(renewed);
        Allocation given = done(ipam.allocate("late"));
        assertThat(given.address()).isEqualTo(Ipv4Address.parse("10.0.0.12"));
        assertThat(ipam.addressOf(all.get(1))).isEqualTo("none");
        assertThat(ipam.addressOf(renewed)).isEqualTo("10.0.0.11");
        assertThat(ipam.store().commits().stream().flatMap(batch -> batch.events().stream()))
                .extracting(AuditEvent::action)
                .endsWith(AuditEvent.Action.RECLAIM, AuditEvent.Action.ALLOCATE);
    }

    @Test
    void whatWasSeenLatelyOrIsLeasedIsNotReclaimed() {
        List<String> all = fill();
        ipam.clock.advance(IpamFixture.RECLAIM_AFTER.minusSeconds(1));
        assertThat(refusal(ipam.allocate("early")).reason()).isEqualTo(RefusalReason.POOL_EXHAUSTED);
        ipam.clock.advance(Duration.ofSeconds(1));
        all.forEach(vps -> ipam.unknownClientsUse.add(ip(ipam.addressOf(vps))));
        assertThat(refusal(ipam.allocate("late")).reason()).isEqualTo(RefusalReason.POOL_EXHAUSTED);
    }

    /** Not to have been seen is not enough: what is given away was looked for, and was not there. */
    @Test
    void onlyWhatIsKnownToBeUnusedIsReclaimed() {
        List<String> all = fill();
        ipam.clock.advance(IpamFixture.RECLAIM_AFTER);
        all.forEach(vps -> ipam.inUse.add(VpsId.parse(vps)));
        assertThat(refusal(ipam.allocate("late")).reason()).isEqualTo(RefusalReason.POOL_EXHAUSTED);
        ipam.inUse.remove(VpsId.parse(all.get(1)));
        assertThat(done(ipam.allocate("late")).address()).isEqualTo(Ipv4Address.parse("10.0.0.12"));
    }

    @Test
    void whomItMustBeKnownOfAreThoseUnseenForLongestAndForLongEnough() {
        List<String> all = fill();
        assertThat(ipam.snapshot().reclaimCandidates(ipam.clock.instant())).isEmpty();
        ipam.clock.advance(Duration.ofHours(1));
        ipam.allocate(all.get(0));
        ipam.clock.advance(IpamFixture.RECLAIM_AFTER);
        assertThat(ipam.snapshot().reclaimCandidates(ipam.clock.instant()))
                .extracting(held -> held.vps().toString())
                .endsWith(all.get(0))
                .hasSize(Math.min(all.size(), AddressChoice.MAX_RECLAIM_CANDIDATES));
    }

    private List<String> fill() {
        List<String> all = IntStream.range(0, ipam.snapshot().poolSize())
                .mapToObj(i -> "filling-" + i)
                .toList();
        all.forEach(ipam::allocate);
        return all;
    }
}
