package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys and their fingerprints are ssh-keygen's. */
class AuthorizedKeysFileTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK+iykhDYbf6wv1tPiJS94X1XONOza36h6YsiCATQpxE";
    private static final String FINGERPRINT = "SHA256:JhjrlLSy1LJnRAxWPoVP595bhb2C88ykwS5gXZ1lI4Y";
    private static final String RSA_1024 =
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDDz2apUwDYtdH5c+9fAAsAMbhW1l072dlQhS6pMeV+X1+KzVODE9YFtyc9EMDiCOphP3FAJYDN7/5LeWgWfTl7RkttNDFfjXMBkwnZijfIzlUQzlklOaYO7FkvS1Oy+oxBT2jUw89/upel3+Icoo9sdx00+g3iQL7BA6JKEIQzsw==";
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "  %s somebody@somewhere and more",
                "\t%s",
                "no-pty,no-agent-forwarding,no-X11-forwarding,no-user-rc %s",
                "pty,user-rc,agent-forwarding %s",
                "PERMITLISTEN=\"8080\",no-touch-required %s",
                "restrict,port-forwarding %s",
                "from=\"192.0.2.1\",permitopen=\"vps-1:22\",expiry-time=\"20991231\" %s comment"
            })
    void keysWithLimitsThatCanBeKeptLogIn(String form) {
        AuthorizedKeysFile file = parse(form.formatted(KEY));
        assertThat(file.refused()).isEmpty();
        assertThat(file.keys()).containsOnlyKeys(FINGERPRINT);
        AuthorizedKey key = file.keys().get(FINGERPRINT);
        assertThat(key.objection(address("192.0.2.1"), NOW)).isEmpty();
        assertThat(key.objection("vps-1", 22)).isEmpty();
        assertThat(key.line()).isEqualTo(KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "command=\"/bin/true\" %s",
                "cert-authority %s",
                "principals=\"ops\" %s",
                "tunnel=\"1\" %s",
                "environment=\"A=B\" %s",
                "no-such-option %s",
                "from=\"*.example.com\" %s",
                "from=\"10.0.0.0/33\" %s",
                "from=\"10.0.0.5/8\" %s",
                "from=\"2001:db8::1/32\" %s",
                "from=\"2001:db8::*\" %s",
                "from= %s",
                "from=\"10.0.0.1\",from=\"10.0.0.2\" %s",
                "permitopen=\"vps-1\" %s",
                "permitopen=\"vps-1:0\" %s",
                "permitopen=\"vps-1:65536\" %s",
                "permitopen %s",
                "expiry-time=\"20261301\" %s",
                "expiry-time=\"2026\" %s",
                "no-pty,,no-pty %s",
                "no-pty, %s",
                "from=\"10.0.0.1 %s",
                "from=\"10.0.0.1\"no-pty %s",
                "%sAAAA",
                "x%s"
            })
    void whatIsNotUnderstoodOrCannotBeKeptTakesOneKeyAway(String form) {
        String other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
        AuthorizedKeysFile file = parse(form.formatted(KEY) + "\n" + other);
        assertThat(file.keys()).hasSize(1).doesNotContainKey(FINGERPRINT);
        assertThat(file.refused()).singleElement().asString().startsWith("line 1: ");
    }

    @Test
    void smallRsaKeysAreRefused() {
        assertThat(parse(RSA_1024).refused()).singleElement().asString().contains("1024 bits", "2048 bits or more");
    }

    @Test
    void blankLinesAndCommentsMeanNothing() {
        AuthorizedKeysFile file = parse("\n# " + KEY + "\n   \n\t# x\r\n" + KEY + "\r\n");
        assertThat(file.refused()).isEmpty();
        assertThat(file.keys()).hasSize(1);
    }

    @Test
    void theFirstOfTwoLinesWithTheSameKeyHolds() {
        AuthorizedKey key = only("permitopen=\"vps-1:22\" " + KEY + "\n" + KEY);
        assertThat(key.objection("vps-2", 22)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            20260601          | 2026-06-01T00:00:00 | +02:00
            20260601Z         | 2026-06-01T00:00:00 | Z
            202606011230      | 2026-06-01T12:30:00 | +02:00
            20260601123059    | 2026-06-01T12:30:59 | +02:00
            20260601123059Z   | 2026-06-01T12:30:59 | Z
            """)
    void keysExpireToTheSecond(String written, String local, String zone) {
        Instant end =
                Instant.parse(local + "Z").minusSeconds(ZoneOffset.of(zone).getTotalSeconds());
        AuthorizedKey key = only("expiry-time=\"" + written + "\" " + KEY);
        assertThat(key.objection(address("192.0.2.1"), end.minusSeconds(1))).isEmpty();
        assertThat(key.objection(address("192.0.2.1"), end)).isPresent();
    }

    @Test
    void theEarliestOfSeveralExpiryTimesHolds() {
        AuthorizedKey key = only("expiry-time=\"20990101\",expiry-time=\"20200101\",expiry-time=\"20500101\" " + KEY);
        assertThat(key.objection(address("192.0.2.1"), NOW)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            192.0.2.0/24              | 192.0.2.255     | true
            192.0.2.0/24              | 192.0.3.0       | false
            192.0.2.7                 | 192.0.2.7       | true
            192.0.2.7                 | 192.0.2.70      | false
            192.0.2.*                 | 192.0.2.70      | true
            192.0.?.1                 | 192.0.2.1       | true
            192.0.?.1                 | 192.0.22.1      | false
            *                         | 2001:db8::1     | true
            *,!192.0.2.7              | 192.0.2.7       | false
            !192.0.2.7,*              | 192.0.2.8       | true
            !192.0.2.7                | 192.0.2.8       | false
            2001:db8::/32             | 2001:db8:ff::1  | true
            2001:db8::/32             | 2001:db9::1     | false
            0.0.0.0/0                 | 2001:db8::1     | false
            10.0.0.0/8, 192.0.2.1     | 192.0.2.1       | true
            """)
    void sourcesAreMatchedAsOpenSshDoes(String patterns, String from, boolean admitted) {
        AuthorizedKey key = only("from=\"" + patterns + "\" " + KEY);
        assertThat(key.objection(address(from), NOW).isEmpty()).isEqualTo(admitted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            permitopen="vps-1:22"                          | vps-1      | 22 | true
            permitopen="vps-1:22"                          | VPS-1      | 22 | true
            permitopen="vps-1:22"                          | 10.15.3.20 | 22 | false
            permitopen="vps-1:22"                          | vps-1      | 23 | false
            permitopen="vps-1:*"                           | vps-1      | 23 | true
            permitopen="*:22"                              | vps-2      | 22 | true
            permitopen="*:22"                              | vps-2      | 80 | false
            permitopen="vps-1:22",permitopen="vps-2:22"    | vps-2      | 22 | true
            permitopen="[2001:db8::1]:22"                  | 2001:db8::1 | 22 | true
            restrict                                       | vps-1      | 22 | false
            no-port-forwarding                             | vps-1      | 22 | false
            restrict,permitopen="vps-1:22"                 | vps-1      | 22 | false
            restrict,port-forwarding                       | vps-1      | 22 | true
            restrict,port-forwarding,permitopen="vps-1:22" | vps-2      | 22 | false
            """)
    void targetsAreLimitedAsOpenSshDoes(String options, String target, int port, boolean permitted) {
        assertThat(only(options + " " + KEY).objection(target, port).isEmpty()).isEqualTo(permitted);
    }

    @Property
    void noTextTakesAwayTheKeysAroundIt(
            @ForAll @CharRange(from = ' ', to = '~') @StringLength(max = 200) String anything) {
        AuthorizedKeysFile file = parse(KEY + "\n" + anything + "\n" + RSA_1024);
        assertThat(file.keys()).containsKey(FINGERPRINT);
        assertThat(file.refused()).hasSizeBetween(1, 2);
        assertThat(file.refused().get(file.refused().size() - 1)).startsWith("line 3: ");
    }

    @Property
    void whateverTheOptionsAreTheKeyIsTheSameOrRefused(@ForAll @StringLength(max = 40) String options) {
        String line = options.replaceAll("\\s", "") + " " + KEY;
        AuthorizedKeysFile file = parse(line);
        assertThat(file.keys().size() + file.refused().size()).isBetween(0, 1);
        Optional.ofNullable(file.keys().get(FINGERPRINT))
                .ifPresent(key -> assertThat(key.line()).isEqualTo(KEY));
    }

    private static AuthorizedKey only(String text) {
        AuthorizedKeysFile file = parse(text);
        assertThat(file.refused()).isEmpty();
        return List.copyOf(file.keys().values()).get(0);
    }

    private static AuthorizedKeysFile parse(String text) {
        return AuthorizedKeysFile.parse(text, ZoneId.of("+02:00"));
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
