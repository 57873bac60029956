package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.hostnet.ChildTools;
import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.watch.RulesetWatch;
import cloud.obiente.vpsgateway.lab.Command;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the guard hears of and mends without being asked to look. */
class GuardWatchIT extends GuardFixture {
    private final AtomicInteger listings = new AtomicInteger();
    private final HostTools counting = (command, input) -> {
        if (input.startsWith("list table ")) {
            listings.incrementAndGet();
        }
        return TOOLS.run(command, input);
    };
    private RulesetWatch watch;

    @BeforeEach
    void guardThatHears() {
        guard = new AddressGuard(
                new GuardSettings(GuardScope.PUBLIC_ONLY, Optional.empty(), ETH0),
                () -> GuardPlan.of(decided, GuardScope.PUBLIC_ONLY),
                counting,
                noted,
                Clock.systemUTC());
        guards.add(guard);
        watch = RulesetWatch.start(() -> ChildTools.find("nft"), List.of(guard));
    }

    @AfterEach
    void endWatch() {
        watch.close();
    }

    private void enforce() throws Exception {
        decide(toOwner());
        publish();
        await().until(() -> watch.status().listening());
        awaitRest();
    }

    /** Nobody looks any more: whatever made the guard look has been dealt with, and its own doing too. */
    private void awaitRest() {
        AtomicInteger last = new AtomicInteger(-1);
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(60)).until(() -> {
            int now = listings.get();
            return last.getAndSet(now) == now;
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nft flush ruleset",
                "nft delete table inet vps_gateway",
                "nft delete table arp vps_gateway",
                "nft flush table inet vps_gateway",
                "nft flush chain inet vps_gateway prerouting",
                "nft flush chain arp vps_gateway arp_sender",
                "nft insert rule inet vps_gateway sender return",
            })
    void whatIsDoneToItsRulesIsMendedWithoutBeingAsked(String sabotage) throws Exception {
        enforce();
        String intact = rules();

        run(sabotage.split(" "));

        await().until(() -> noted.mended.stream().anyMatch(damage -> damage.kind() == GuardDamage.Kind.RULES));
        await().until(() -> rules().equals(intact));
        owner.linkDown();
        take(mallory);
        assertThat(isShutOut(mallory)).isTrue();
    }

    /** One after the other, because a table that was made anew is listed last; without what the kernel notes down. */
    private static String rules() {
        return Stream.of("inet vps_gateway", "arp vps_gateway")
                .map(table -> Command.attempt(List.of("nft", "-s", "list table " + table))
                        .output()
                        .replaceAll("(?s)set (drops|offenders) \\{.*?\n\t}", ""))
                .collect(Collectors.joining());
    }

    @Test
    void twoDamagesInARowAreBothMended() throws Exception {
        enforce();
        String intact = rules();

        for (int flush = 0; flush < 10; flush++) {
            run("nft", "flush", "ruleset");
            await().until(() -> rules().equals(intact));
        }
    }

    @Test
    void itsOwnChangesMakeItCheckOnceMoreAtMost() throws Exception {
        enforce();
        int before = listings.get();

        for (int other = 11; other < 61; other++) {
            decide(toOwner(), Held.publicly("vps-2", "203.0.113." + other, MALLORY));
            publish();
        }
        awaitRest();

        assertThat(listings.get()).as("after changes of elements").isEqualTo(before);

        run("nft", "flush", "ruleset");
        await().until(() -> !noted.mended.isEmpty());
        awaitRest();

        assertThat(listings.get() - before).as("after a repair of two tables").isBetween(2, 6);
        assertThat(check()).isEmpty();
    }

    @Test
    void foreignRulesAreNobodysBusiness() throws Exception {
        enforce();
        int before = listings.get();

        run(
                "nft",
                "add table inet other; add chain inet other c; add rule inet other c accept; delete table inet other");
        run("nft", "delete", "table", "arp", "vps_gateway");
        await().until(() -> !noted.mended.isEmpty());
        awaitRest();

        assertThat(noted.mended).extracting(GuardDamage::found).containsExactly("table arp vps_gateway was gone");
        assertThat(listings.get() - before).isBetween(2, 6);
    }
}
