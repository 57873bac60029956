package cloud.obiente.vpsgateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @Property
    void everyAddressSurvivesItsText(@ForAll int bits) {
        assertThat(Ipv4Address.parse(new Ipv4Address(bits).toString()).bits()).isEqualTo(bits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.04",
                "00.0.0.0",
                "0x7f.0.0.1",
                " 1.2.3.4",
                "1.2.3.4 ",
                "1.2.3.4\n",
                "1..3.4",
                "-1.2.3.4",
                "١.2.3.4",
                "::ffff:1.2.3.4",
                "2130706433",
                "1.2.3.99999999999"
            })
    void anythingButFourPlainOctetsIsRefused(String text) {
        assertThatThrownBy(() -> Ipv4Address.parse(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("expected: an IPv4 address");
    }

    @Property
    void addressesOrderUnsigned(@ForAll int a, @ForAll int b) {
        assertThat(Integer.signum(new Ipv4Address(a).compareTo(new Ipv4Address(b))))
                .isEqualTo(Long.signum((a & 0xffffffffL) - (b & 0xffffffffL)));
    }

    @Property
    void everyUnicastMacSurvivesItsText(@ForAll @LongRange(min = 1, max = 0xffffffffffffL) long bits) {
        Assume.that((bits & 1L << 40) == 0);
        MacAddress mac = new MacAddress(bits);
        String text = mac.toString();

        assertThat(List.of(
                        text,
                        text.toUpperCase(java.util.Locale.ROOT),
                        text.replace(':', '-'),
                        text.replace(":", ""),
                        text.replaceAll("(..):(..):(..):(..):(..):(..)", "$1$2.$3$4.$5$6")))
                .allSatisfy(notation -> assertThat(MacAddress.parse(notation)).isEqualTo(mac));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "02:00:00:00:00", "02:00:00:00:00:01:02", "02:00-00:00:00:01", "0g:00:00:00:00:01",
                "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "00:00:00:00:00:00", "02:00:00:00:00:01\n", "2:0:0:0:0:1"
            })
    void whatNoNicHasIsRefused(String text) {
        assertThatThrownBy(() -> MacAddress.parse(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("expected: a unicast MAC address");
    }

    @ParameterizedTest
    @CsvSource({"24, 24", "/24, 24", "255.255.255.0, 24", "0, 0", "0.0.0.0, 0", "32, 32", "255.255.255.254, 31"})
    void masksComeAsPrefixOrDotted(String text, int prefix) {
        assertThat(Subnet.parsePrefix(text)).isEqualTo(prefix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"33", "-1", "255.0.255.0", "", "024", "255.255.255", "0.255.255.255"})
    void otherMasksAreRefused(String text) {
        assertThatThrownBy(() -> Subnet.parsePrefix(text)).isInstanceOf(InvalidValueException.class);
    }

    @Property
    void anAddressLiesInTheSubnetAroundIt(@ForAll int bits, @ForAll @IntRange(max = 32) int prefix) {
        Subnet subnet = Subnet.around(new Ipv4Address(bits), prefix);

        assertThat(subnet.contains(new Ipv4Address(bits))).isTrue();
        assertThat(subnet.contains(subnet.network())).isTrue();
        assertThat(subnet.contains(subnet.broadcast())).isTrue();
        assertThat(Subnet.parsePrefix(subnet.mask().toString())).isEqualTo(prefix);
        if (prefix > 0) {
            assertThat(subnet.contains(subnet.broadcast().plus(1))).isFalse();
            assertThat(subnet.contains(subnet.network().plus(-1))).isFalse();
        }
    }

    @Test
    void hostsAreWithoutNetworkAndBroadcastExceptInTheSmallestNetworks() {
        assertThat(new Subnet(Ipv4Address.parse("10.15.3.0"), 24).hosts()).hasToString("10.15.3.1-10.15.3.254");
        assertThat(new Subnet(Ipv4Address.parse("10.15.3.4"), 31).hosts()).hasToString("10.15.3.4-10.15.3.5");
        assertThat(new Subnet(Ipv4Address.parse("10.15.3.4"), 32).hosts()).hasToString("10.15.3.4-10.15.3.4");
    }

    @Test
    void aSubnetWithHostBitsNamesTheRightOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Subnet(Ipv4Address.parse("10.15.3.1"), 24))
                .withMessageContaining("10.15.3.0/24");
    }

    @Property
    void aRangeHoldsExactlyItsAddresses(@ForAll int start, @ForAll @IntRange(max = 300) int more) {
        Assume.that(Integer.compareUnsigned(start, start + more) <= 0);
        Ipv4Range range = new Ipv4Range(new Ipv4Address(start), new Ipv4Address(start + more));

        assertThat(range.size()).isEqualTo(more + 1L);
        assertThat(range.stream()).hasSize(more + 1).isSorted().allMatch(range::contains);
    }

    @Test
    void theWholeAddressSpaceIsARange() {
        Ipv4Range all = new Ipv4Range(Ipv4Address.parse("0.0.0.0"), Ipv4Address.parse("255.255.255.255"));

        assertThat(all.size()).isEqualTo(1L << 32);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vps-1", "VPS-1", "a", "1", "vps-1762797183902442010"})
    void labelsAreLowerCase(String text) {
        assertThat(DnsLabel.parse(text)).hasToString(text.toLowerCase(java.util.Locale.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a-", "a_b", "a.b", "a b", "a,b", "a\nb", "ä", "a\u0000"})
    void otherLabelsAreRefused(String text) {
        assertThatThrownBy(() -> DnsLabel.parse(text)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aLabelHasAtMost63Characters() {
        assertThat(DnsLabel.parse("a".repeat(63)).text()).hasSize(63);
        assertThatThrownBy(() -> DnsLabel.parse("a".repeat(64))).isInstanceOf(InvalidValueException.class);
    }

    @Property
    void aRefusalIsAlwaysOneLine(@ForAll String text) {
        assertThat(new InvalidValueException(text, "x").getMessage().chars().noneMatch(Character::isISOControl))
                .isTrue();
    }

    @Test
    void aDomainNamesItsHosts() {
        assertThat(DomainName.parse("VPS.local.").nameOf(DnsLabel.parse("vps-1")))
                .isEqualTo("vps-1.vps.local");
        assertThatThrownBy(() -> DomainName.parse("vps..local")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> DomainName.parse("")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> DomainName.parse(("a".repeat(60) + ".").repeat(5)))
                .isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "sixteen-letters-", "eth0\n", "a,b", "a:b"})
    void whatIsNoInterfaceNameIsRefused(String text) {
        assertThatThrownBy(() -> new InterfaceName(text)).isInstanceOf(InvalidValueException.class);
    }

    @Property
    void rangesMeetInWhatBothContain(
            @ForAll @IntRange(max = 30) int first,
            @ForAll @IntRange(max = 30) int size,
            @ForAll @IntRange(max = 30) int otherFirst,
            @ForAll @IntRange(max = 30) int otherSize) {
        Ipv4Address start = Ipv4Address.parse("127.255.255.240");
        Ipv4Range one = new Ipv4Range(start.plus(first), start.plus(first + size));
        Ipv4Range other = new Ipv4Range(start.plus(otherFirst), start.plus(otherFirst + otherSize));
        assertThat(one.intersection(other).stream().flatMap(Ipv4Range::stream))
                .containsExactlyElementsOf(one.stream().filter(other::contains).toList());
        assertThat(other.intersection(one)).isEqualTo(one.intersection(other));
    }
}
