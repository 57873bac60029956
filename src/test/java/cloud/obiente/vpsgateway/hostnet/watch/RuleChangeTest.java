package cloud.obiente.vpsgateway.hostnet.watch;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleChangeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delete rule inet vps_gateway prerouting handle 7             | inet vps_gateway         | prerouting",
                "delete rule bridge vps_gateway_spare input handle 21         | bridge vps_gateway_spare | input",
                "add rule inet vps_gateway sender drop                        | inet vps_gateway         | sender",
                "add rule inet vps_gateway sender handle 8 add @drops { ip saddr counter } | inet vps_gateway | sender",
                "insert rule arp vps_gateway input accept                     | arp vps_gateway          | input",
                "delete rule ip nat VPSGW-SNAT handle 2                       | ip nat                   | VPSGW-SNAT",
                "add rule ip nat POSTROUTING comment \"rule ip nat OTHER\"    | ip nat                   | POSTROUTING",
            })
    void aLineNamesTheChainWhoseRuleCameOrWent(String line, String table, String chain) {
        assertThat(RuleChange.parse(line)).contains(new RuleChange(table, chain));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# ERROR: We lost some netlink events!",
                "# new generation 4 by process 1070 (nft)",
                "delete table inet vps_gateway",
                "Error: Could not process rule: Operation not permitted",
                "delete rule inet",
                "",
            })
    void anyOtherLineNamesNone(String line) {
        assertThat(RuleChange.parse(line)).isEmpty();
    }

    @Property
    void whateverNftSaysIsRead(@ForAll String line) {
        assertThat(RuleChange.parse(line)).isNotNull();
    }
}
