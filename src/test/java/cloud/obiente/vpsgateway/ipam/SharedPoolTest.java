package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.address;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.ip;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.mac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.net.PoolShare;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool of 10 addresses, .10 to .19, of which this gateway chooses from .13 to .15 (2/3) without the reserved .14. */
class SharedPoolTest {
    private static final Ipv4Range RANGE = new Ipv4Range(ip("10.0.0.10"), ip("10.0.0.19"));

    @TempDir
    Path directory;

    @TempDir
    Path another;

    private IpamFixture ipam;

    @BeforeEach
    void open() {
        ipam = new IpamFixture(directory, pool("2/3"));
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void itIsExhaustedWhenItsShareIs() {
        assertThat(ipam.snapshot().poolSize()).isEqualTo(2);
        assertThat(address(ipam.allocate("vps-1"))).isEqualTo("10.0.0.13");
        assertThat(address(ipam.allocate("vps-2"))).isEqualTo("10.0.0.15");
        assertThat(ipam.snapshot().poolAvailable()).isZero();
        Refusal refusal = refusal(ipam.allocate("vps-3"));
        assertThat(refusal.reason()).isEqualTo(RefusalReason.POOL_EXHAUSTED);
        assertThat(refusal.message())
                .isEqualTo("all 2 addresses of this gateway's share 10.0.0.13-10.0.0.15 of the pool 10.0.0.10-10.0.0.19"
                        + " are held (release some, enlarge the pool, or set GATEWAY_RECLAIM_AFTER)");
    }

    @Test
    void whoNamesAnAddressOfAnotherShareGetsItAndItCostsNoneOfThisOne() {
        assertThat(address(ipam.allocate("vps-1", "", "", "10.0.0.19"))).isEqualTo("10.0.0.19");
        assertThat(address(ipam.bind("vps-2", mac(2), "10.0.0.10"))).isEqualTo("10.0.0.10");
        assertThat(ipam.snapshot().ofOtherShares())
                .extracting(held -> held.vps().toString())
                .containsExactly("vps-1", "vps-2");
        assertThat(ipam.snapshot().stranded()).isEmpty();
        assertThat(ipam.snapshot().allocatedInPool()).isZero();
        assertThat(ipam.snapshot().poolAvailable()).isEqualTo(2);
        assertThat(address(ipam.allocate("vps-1"))).as("it keeps it").isEqualTo("10.0.0.19");
        assertThat(refusal(ipam.bind("vps-2", mac(2), "10.0.0.20")).reason()).isEqualTo(RefusalReason.OUTSIDE_POOL);
        assertThat(refusal(ipam.bind("vps-2", mac(2), "10.0.0.14")).reason()).isEqualTo(RefusalReason.ADDRESS_RESERVED);
    }

    @Test
    void whatWasHeldBeforeThePoolWasSharedStaysAndDoesNotComeBackOnceReleased() {
        ipam.reopened(pool("1/1"));
        String before = address(ipam.allocate("vps-1", "", mac(1), ""));
        assertThat(before).isEqualTo("10.0.0.10");

        ipam.reopened(pool("2/3"));
        assertThat(address(ipam.allocate("vps-1"))).isEqualTo(before);
        ipam.release("vps-1", "");
        assertThat(address(ipam.allocate("vps-1", "", mac(1), ""))).isEqualTo("10.0.0.13");
    }

    @Test
    void aLeaseInAnotherShareIsNoReasonToChooseIt() {
        ipam.leased.put(MacAddress.parse(mac(1)), ip("10.0.0.17"));
        assertThat(address(ipam.allocate("vps-1", "", mac(1), ""))).isEqualTo("10.0.0.13");
        ipam.leased.put(MacAddress.parse(mac(2)), ip("10.0.0.15"));
        assertThat(address(ipam.allocate("vps-2", "", mac(2), ""))).isEqualTo("10.0.0.15");
    }

    @Test
    void nobodyIsDeprivedOfAnAddressOfAnotherShare() {
        ipam.allocate("vps-1", "", "", "10.0.0.11");
        ipam.clock.advance(Duration.ofHours(1));
        ipam.allocate("vps-2");
        ipam.allocate("vps-3");
        ipam.clock.advance(IpamFixture.RECLAIM_AFTER);
        assertThat(address(ipam.allocate("vps-4"))).isEqualTo("10.0.0.13");
        assertThat(ipam.addressOf("vps-1")).isEqualTo("10.0.0.11");
        assertThat(ipam.addressOf("vps-2")).isEqualTo("none");
    }

    @Test
    void aHolderWhoHasToMoveGetsAnAddressOfTheShare() {
        ipam.allocate("vps-1", "", "", "10.0.0.11");
        IpamFixture.answer(ipam.ipam()
                .submit(IpamFixture.CALLER, new LearnOwnAddressesCommand(Set.of(ip("10.0.0.11"))), Cancellation.NONE));
        assertThat(ipam.addressOf("vps-1")).isEqualTo("10.0.0.13");
    }

    @Test
    void sharesOfOnePoolGiveNoAddressTwiceAndAllTogetherGiveEach() throws IOException {
        List<String> given = new ArrayList<>();
        for (int part = 1; part <= 3; part++) {
            try (IpamFixture gateway =
                    new IpamFixture(Files.createDirectory(another.resolve("" + part)), pool(part + "/3"))) {
                for (int vps = 1; vps <= gateway.snapshot().poolSize(); vps++) {
                    given.add(address(gateway.allocate("vps-" + vps)));
                }
                assertThat(refusal(gateway.allocate("one-too-many")).reason()).isEqualTo(RefusalReason.POOL_EXHAUSTED);
            }
        }
        assertThat(given)
                .containsExactlyElementsOf(RANGE.stream()
                        .map(Ipv4Address::toString)
                        .filter(address -> !address.equals("10.0.0.14"))
                        .toList());
    }

    @Test
    void addressesAreProposedFromTheShareOnly() {
        IntStream.rangeClosed(10, 19).filter(i -> i != 14).forEach(i -> {
            ipam.allocate("vps-" + i, "", "", "10.0.0." + i);
            ipam.release("vps-" + i, "");
        });
        assertThat(ipam.snapshot().candidates(20)).containsExactly(ip("10.0.0.13"), ip("10.0.0.15"));
        assertThat(ipam.snapshot().quarantined(ipam.clock.instant())).isEqualTo(2);
        assertThat(ipam.snapshot().choice().addressFor(VpsId.parse("vps-19"), Optional.empty()))
                .contains(ip("10.0.0.13"));
    }

    private static AddressPool pool(String share) {
        return new AddressPool(RANGE, PoolShare.parse(share).of(RANGE).orElseThrow(), Set.of(ip("10.0.0.14")));
    }
}
