package cloud.obiente.vpsgateway.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import cloud.obiente.vpsgateway.v1.GetLeasesRequest;
import cloud.obiente.vpsgateway.v1.LeaseRecord;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The list of attacks in one layout: first all of them without a guard, to see that they are attacks, then all with it.
 * What is already refused by the kernel or by dnsmasq does not belong on the list.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class AttackContract {
    private static final int QUESTIONS = 100;

    private final Scene.Layout layout;
    private final AttackTable table;
    private Scene scene;
    private Scene.Talk withOutside;
    private Scene.Talk withNeighbour;
    private boolean guarded;

    AttackContract(Scene.Layout layout) {
        this.layout = layout;
        this.table = new AttackTable(layout);
    }

    @BeforeAll
    void begin() {
        scene = new Scene(layout, "attack-" + layout.name().toLowerCase(java.util.Locale.ROOT));
        withOutside = scene.ownerWithOutside();
        withNeighbour = scene.ownerWithNeighbour();
    }

    @AfterAll
    void end() {
        table.write();
        withOutside.close();
        withNeighbour.close();
        scene.close();
    }

    Stream<Attack> attacks() {
        return Attack.in(layout);
    }

    @Test
    @Order(1)
    void theListIsLongAndNamesEveryAttackOnce() {
        assertThat(attacks()).hasSizeGreaterThanOrEqualTo(25);
        assertThat(attacks()).extracting(Attack::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    @Order(2)
    void anAttackSucceedsWithoutTheGuard(Attack attack) {
        Delivery delivery = scene.play(attack);

        table.unguarded(attack, delivery);
        assertThat(delivery.nothing()).as("nothing of it arrived").isFalse();
    }

    @Test
    @Order(3)
    void theGuardTakesOver() {
        scene.guard(Map.of());

        assertThat(withOutside.ask(QUESTIONS)).isEqualTo(QUESTIONS);
        assertThat(withNeighbour.ask(QUESTIONS)).isEqualTo(QUESTIONS);
        guarded = true;
    }

    @ParameterizedTest
    @MethodSource("attacks")
    @Order(4)
    void anAttackComesToNothingWithTheGuardAndTheOwnerNoticesNothing(Attack attack) {
        assumeThat(guarded).as("the guard has taken over").isTrue();
        Delivery delivery = scene.playDuring(attack, this::ownerTalks);

        table.guarded(attack, delivery);
        assertThat(delivery).hasToString("nothing");
        assertThat(ownersLeases()).isNotEmpty();
    }

    private void ownerTalks() {
        assertThat(withOutside.ask(QUESTIONS)).as("answers from outside").isEqualTo(QUESTIONS);
        // Across somebody else's switch the gateway protects nobody.
        if (layout == Scene.Layout.NODE) {
            assertThat(withNeighbour.ask(QUESTIONS))
                    .as("answers of the neighbour")
                    .isEqualTo(QUESTIONS);
        }
    }

    private List<LeaseRecord> ownersLeases() {
        return scene.client().calls().getLeases(GetLeasesRequest.getDefaultInstance()).getLeasesList().stream()
                .filter(lease ->
                        lease.getIpAddress().equals(Cast.OWNER.privateAddress().toString()))
                .toList();
    }

    @Test
    @Order(5)
    void afterItAllTheOwnerGetsItsAddressAgain() {
        assertThat(scene.owner().udhcpcOnce())
                .hasValueSatisfying(lease -> assertThat(lease.address()).isEqualTo(Cast.OWNER.privateAddress()));
    }
}
