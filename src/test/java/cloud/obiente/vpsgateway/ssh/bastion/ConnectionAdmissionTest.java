package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ssh.bastion.ConnectionAdmission.AdmissionRefusal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConnectionAdmissionTest {
    private static final int TRIES = 6;
    private static final Duration REST = Duration.ofMinutes(10);

    private final AtomicLong now = new AtomicLong();
    private final ConnectionAdmission admission =
            new ConnectionAdmission(new BastionSettings.Limits(5, 4, 2), REST, now::get);
    private final ClientSource one = new ClientSource("192.0.2.1");
    private final ClientSource other = new ClientSource("192.0.2.2");

    @Test
    void oneAddressDoesNotTakeThePlacesOfTheOthers() {
        assertThat(admission.enter(one)).isEmpty();
        assertThat(admission.enter(one)).isEmpty();
        assertThat(admission.enter(one)).contains(AdmissionRefusal.TOO_MANY_OF_ADDRESS);
        assertThat(admission.enter(other)).isEmpty();
    }

    @Test
    void whoeverHasLoggedInLeavesItsPlaceToTheNext() {
        admission.enter(one);
        admission.enter(one);
        admission.loggedIn(one);
        assertThat(admission.enter(one)).isEmpty();
        assertThat(admission.connections()).isEqualTo(3);
    }

    @Test
    void connectionsAreBoundedInAll() {
        for (int i = 0; i < 4; i++) {
            assertThat(admission.enter(new ClientSource("192.0.2." + i))).isEmpty();
        }
        assertThat(admission.enter(one)).contains(AdmissionRefusal.TOO_MANY_UNAUTHENTICATED);
        admission.loggedIn(new ClientSource("192.0.2.0"));
        assertThat(admission.enter(new ClientSource("192.0.2.9"))).isEmpty();
        assertThat(admission.enter(other)).contains(AdmissionRefusal.TOO_MANY);
    }

    @Test
    void anAddressThatUsedUpItsTriesRestsForAsLongAsItShould() {
        fail(one, TRIES);
        assertThat(admission.enter(one)).contains(AdmissionRefusal.RESTING);
        assertThat(admission.enter(other)).isEmpty();
        assertThat(admission.bans()).isEqualTo(1);

        now.addAndGet(REST.toNanos() - 1);
        assertThat(admission.enter(one)).contains(AdmissionRefusal.RESTING);
        now.addAndGet(1);
        assertThat(admission.enter(one)).isEmpty();
        assertThat(admission.bans()).isZero();
    }

    @Test
    void refusedConnectionsDoNotProlongARest() {
        fail(one, TRIES);
        now.addAndGet(REST.toNanos() / 2);
        assertThat(admission.enter(one)).contains(AdmissionRefusal.RESTING);
        now.addAndGet(REST.toNanos() / 2);
        assertThat(admission.enter(one)).isEmpty();
    }

    @Test
    void aRestOutlivesTheConnectionsThatWereOpenWhenItBegan() {
        assertThat(admission.enter(one)).isEmpty();
        fail(one, TRIES);
        assertThat(admission.leftWithoutLogin(one, 1, TRIES)).isTrue();
        assertThat(admission.enter(one)).contains(AdmissionRefusal.RESTING);
    }

    @Test
    void fewFailedKeysOfSeveralConnectionsAreForgottenWithALogin() {
        for (int i = 0; i < LoginBans.MAX_FAILURES - 1; i++) {
            fail(one, 3);
        }
        assertThat(admission.enter(one)).isEmpty();
        admission.loggedIn(one);
        admission.left();
        fail(one, 3);
        assertThat(admission.enter(one)).isEmpty();
    }

    @Test
    void manyFailedConnectionsMakeAnAddressRest() {
        for (int i = 0; i < LoginBans.MAX_FAILURES; i++) {
            assertThat(admission.enter(one)).isEmpty();
            admission.leftWithoutLogin(one, 1, TRIES);
        }
        assertThat(admission.enter(one)).contains(AdmissionRefusal.RESTING);
    }

    @Test
    void connectionsThatTriedNothingAreNoFailures() {
        for (int i = 0; i < 100; i++) {
            fail(one, 0);
        }
        assertThat(admission.enter(one)).isEmpty();
    }

    @Test
    void nobodyRestsWhereRestIsOff() {
        ConnectionAdmission strict =
                new ConnectionAdmission(new BastionSettings.Limits(5, 4, 2), Duration.ZERO, now::get);
        strict.enter(one);
        assertThat(strict.leftWithoutLogin(one, TRIES, TRIES)).isFalse();
        assertThat(strict.enter(one)).isEmpty();
    }

    @Property
    void theTableIsBoundedAndForgetsWhoeverFailedLongestAgo(@ForAll @IntRange(min = 1, max = 50) int most) {
        LoginBans table = new LoginBans(REST, most);
        for (int i = 0; i < 3 * most; i++) {
            table.failed(new ClientSource("s" + i), true, i);
        }
        assertThat(table.banned(3L * most)).isEqualTo(most);
        assertThat(table.isBanned(new ClientSource("s" + (3 * most - 1)), 3L * most))
                .isTrue();
        assertThat(table.isBanned(new ClientSource("s" + (2 * most - 1)), 3L * most))
                .isFalse();
    }

    @Test
    void allAddressesOfAnIpv6NetworkAreOneSource() throws UnknownHostException {
        assertThat(source("2001:db8:1:2::1")).isEqualTo(source("2001:db8:1:2:ffff::9"));
        assertThat(source("2001:db8:1:2::1")).isNotEqualTo(source("2001:db8:1:3::1"));
        assertThat(source("::ffff:192.0.2.1")).isEqualTo(source("192.0.2.1")).isEqualTo(one);
        assertThat(source("2001:db8:1:2::1").text()).isEqualTo("2001:db8:1:2::/64");
    }

    private static ClientSource source(String address) throws UnknownHostException {
        return ClientSource.of(InetAddress.getByName(address));
    }

    private void fail(ClientSource source, int tries) {
        assertThat(admission.enter(source)).isEmpty();
        admission.leftWithoutLogin(source, tries, TRIES);
    }
}
