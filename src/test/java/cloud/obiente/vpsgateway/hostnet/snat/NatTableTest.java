package cloud.obiente.vpsgateway.hostnet.snat;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NatTableTest {
    private static final SnatRule WANTED = new SnatRule(
            Ipv4Address.parse("203.0.113.1"),
            new Subnet(Ipv4Address.parse("10.15.3.0"), 24),
            new InterfaceName("vmbr0"));

    /** Written by iptables v1.8.9, by both backends. */
    private static final String IN_PLACE = """
            -P PREROUTING ACCEPT
            -P INPUT ACCEPT
            -P OUTPUT ACCEPT
            -P POSTROUTING ACCEPT
            -N VPSGW-SNAT
            -A POSTROUTING -m comment --comment "vps-gateway: outbound address" -j VPSGW-SNAT
            -A VPSGW-SNAT -s 10.15.3.0/24 ! -d 10.15.3.0/24 -o vmbr0 -m comment --comment "vps-gateway: outbound address" -j SNAT --to-source 203.0.113.1
            """;

    @Test
    void whatIsInPlaceIsRecognized() {
        NatTable table = NatTable.parse(IN_PLACE);
        assertThat(table.isExactly(WANTED)).isTrue();
        assertThat(table.source()).contains(WANTED.source());
    }

    @Test
    void othersRulesAreNoneOfOurBusiness() {
        NatTable table = NatTable.parse("""
                # Warning: iptables-legacy tables present, use iptables-legacy to see them
                -N VPSGW-SNAT2
                -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE
                -A POSTROUTING -j VPSGW-SNAT2
                -A VPSGW-SNAT2 -j RETURN
                """);
        assertThat(table.isEmpty()).isTrue();
    }

    @Test
    void aSecondJumpAForeignRuleAndAMissingChainAreDifferences() {
        NatTable twice = NatTable.parse(IN_PLACE + "-A POSTROUTING -p tcp -g VPSGW-SNAT\n");
        assertThat(twice.isExactly(WANTED)).isFalse();
        assertThat(twice.differenceFrom(WANTED)).contains("-p tcp -g VPSGW-SNAT");
        NatTable foreign = NatTable.parse(IN_PLACE + "-A VPSGW-SNAT -j RETURN\n");
        assertThat(foreign.isExactly(WANTED)).isFalse();
        assertThat(foreign.differenceFrom(WANTED)).contains("-j RETURN");
        NatTable nothing = NatTable.parse("-P POSTROUTING ACCEPT\n");
        assertThat(nothing.isExactly(WANTED)).isFalse();
        assertThat(nothing.differenceFrom(WANTED)).isEqualTo("the chain VPSGW-SNAT was missing");
    }

    @Test
    void aForeignRuleBeforeOurJumpIsADifferenceAndOneBehindItIsNone() {
        String masquerade = "-A POSTROUTING -o vmbr0 -j MASQUERADE\n";
        NatTable before = NatTable.parse(masquerade + IN_PLACE);
        assertThat(before.isExactly(WANTED)).isFalse();
        assertThat(before.differenceFrom(WANTED))
                .isEqualTo("POSTROUTING had -A POSTROUTING -o vmbr0 -j MASQUERADE before the jump to VPSGW-SNAT");
        assertThat(before.towards(WANTED)).contains("-I POSTROUTING 1 ");
        assertThat(NatTable.parse(IN_PLACE + masquerade).isExactly(WANTED)).isTrue();
    }

    @Test
    void theWayThereDeletesEveryJumpAndFillsTheChainAnew() {
        NatTable twice = NatTable.parse(IN_PLACE + "-A POSTROUTING -p tcp -g VPSGW-SNAT\n");
        assertThat(twice.towards(WANTED).lines())
                .containsExactly(
                        "*nat",
                        ":VPSGW-SNAT - [0:0]",
                        "-D POSTROUTING -m comment --comment \"vps-gateway: outbound address\" -j VPSGW-SNAT",
                        "-D POSTROUTING -p tcp -g VPSGW-SNAT",
                        WANTED.text(),
                        "-I POSTROUTING 1 -m comment --comment \"vps-gateway: outbound address\" -j VPSGW-SNAT",
                        "COMMIT");
    }

    @Test
    void theWayToNothingDeletesTheChainOnlyWhereThereIsOne() {
        assertThat(NatTable.parse(IN_PLACE).towardsNothing().lines())
                .containsExactly(
                        "*nat",
                        "-D POSTROUTING -m comment --comment \"vps-gateway: outbound address\" -j VPSGW-SNAT",
                        "-F VPSGW-SNAT",
                        "-X VPSGW-SNAT",
                        "COMMIT");
        assertThat(new NatTable(false, List.of(), List.of(), Optional.empty())
                        .towardsNothing()
                        .lines())
                .containsExactly("*nat", "COMMIT");
    }

    @Property
    void anyTextIsReadWithoutAFault(@ForAll String text) {
        NatTable table = NatTable.parse(text + "\n-A VPSGW-SNAT --to-source " + text);
        assertThat(table.source()).isEqualTo(Optional.empty());
        assertThat(table.towards(WANTED)).endsWith("COMMIT\n");
    }
}
