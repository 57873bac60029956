package cloud.obiente.vpsgateway.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {

    @Test
    void vpsIdIsALowerCaseLabel() {
        assertThat(VpsId.parse("VPS-12")).hasToString("vps-12").isEqualTo(VpsId.parse("vps-12"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "vps 1", "vps\n1", "vps,1", "-vps", "vps.1", "vps_1"})
    void vpsIdRefusesWhatIsNotALabel(String text) {
        assertThatThrownBy(() -> VpsId.parse(text)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "org-1", "User:me@example.com", "a.b_c"})
    void organizationKeepsItsText(String text) {
        assertThat(OrganizationId.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "a\nb", "é", "a\""})
    void organizationRefusesOtherCharacters(String text) {
        assertThatThrownBy(() -> OrganizationId.parse(text)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void organizationHasAtMost128Characters() {
        assertThat(OrganizationId.parse("x".repeat(128)).isKnown()).isTrue();
        assertThatThrownBy(() -> OrganizationId.parse("x".repeat(129))).isInstanceOf(InvalidValueException.class);
    }

    @Property
    void callerIsAlwaysOneShortLine(@ForAll String text) {
        String shown = Caller.of(text).text();
        assertThat(shown.codePointCount(0, shown.length())).isLessThanOrEqualTo(200);
        assertThat(shown.chars()).noneMatch(Character::isISOControl);
        assertThat(shown.lines().count()).isLessThanOrEqualTo(1);
    }

    @Test
    void callerCannotForgeASecondLineOrTurnTextAround() {
        assertThat(Caller.of("api\n2026 admin\u202e\u2028x\ud800")).hasToString("api?2026 admin??x?");
        assertThat(Caller.of("é".repeat(300)).text()).hasSize(200);
    }
}
