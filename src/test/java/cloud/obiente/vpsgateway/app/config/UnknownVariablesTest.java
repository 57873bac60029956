package cloud.obiente.vpsgateway.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownVariablesTest {

    @ParameterizedTest
    @CsvSource({
        "GATEWAY_DHCP_POOL_STRAT, GATEWAY_DHCP_POOL_START",
        "GATEWAY_DHCP_IFACE, GATEWAY_DHCP_INTERFACE",
        "GATEWAY_SECRET, GATEWAY_API_SECRET",
        "gateway.dhcp.pool-ende, GATEWAY_DHCP_POOL_END"
    })
    void nearestKnownNameIsSuggested(String written, String suggested) {
        assertThat(UnknownVariables.warningsAbout(List.of(written)))
                .singleElement()
                .asString()
                .endsWith(" is not a known variable; did you mean " + suggested + "?");
    }

    @ParameterizedTest
    @CsvSource({
        "GATEWAY_UPLINK_INTERFACE, GATEWAY_OUTBOUND_INTERFACE",
        "GATEWAY_PUBLIC_IP, GATEWAY_OUTBOUND_IP",
        "GATEWAY_ALLOCATION_TTL, GATEWAY_RECLAIM_AFTER",
        "GATEWAY_ALLOCATION_TTL_SECONDS, GATEWAY_RECLAIM_AFTER",
        "GATEWAY_CLIENT_INIT_DELAY, the API connects",
        "GATEWAY_FIND_VPS_TIMEOUT, fixed",
        "GATEWAY_API_CALL_TIMEOUT, fixed"
    })
    void aVariableOfTheGoGatewayIsKnownByNameAndNoSlipOfThePen(String written, String instead) {
        assertThat(UnknownVariables.warningsAbout(List.of(written)))
                .singleElement()
                .asString()
                .startsWith(written + " is a variable of the Go gateway and has no effect: ")
                .contains(instead)
                .doesNotContain("did you mean");
    }

    @Test
    void nothingIsSuggestedForANameLikeNoOther() {
        assertThat(UnknownVariables.warningsAbout(List.of("GATEWAY_XYZ")))
                .containsExactly("GATEWAY_XYZ is not a known variable.");
    }

    @Test
    void variableAndItsPropertyAreOneName() {
        assertThat(UnknownVariables.warningsAbout(List.of("GATEWAY_DHCP_TYPO_HERE", "gateway.dhcp.typo-here")))
                .hasSize(1);
    }

    @Test
    void knownNamesAndThoseOfOthersAreSilent() {
        List<String> known = Stream.concat(
                        Stream.of(Variable.values()).map(Variable::name),
                        Stream.of("gateway.dhcp.pool-start", "gateway.log-level", "HOME", "DNS_GATEWAY_IP"))
                .toList();
        assertThat(UnknownVariables.warningsAbout(known)).isEmpty();
    }
}
