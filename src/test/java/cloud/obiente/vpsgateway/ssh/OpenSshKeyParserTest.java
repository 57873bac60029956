package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys and their fingerprints are ssh-keygen's. */
class OpenSshKeyParserTest {
    private static final String ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIK+iykhDYbf6wv1tPiJS94X1XONOza36h6YsiCATQpxE";
    private static final String FINGERPRINT = "SHA256:JhjrlLSy1LJnRAxWPoVP595bhb2C88ykwS5gXZ1lI4Y";

    private final OpenSshKeyParser parser = new OpenSshKeyParser();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK+iykhDYbf6wv1tPiJS94X1XONOza36h6YsiCATQpxE me@host | SHA256:JhjrlLSy1LJnRAxWPoVP595bhb2C88ykwS5gXZ1lI4Y
            ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBOnN9zv+hB34eIVIg8inuaeIT6ypoEmDFiM7WAYEVPXzNbcwqohHM/OLz+AB07pt+GElf/WPCfEW4CZ1Uop1S1o= me@host | SHA256:5/Q3nb6DFyC8gOmAdm9iZ0tf4ppTXUkfeFXXdZMbXQQ
            ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBNvlkz7GcghxZVmHPU9lKUTw9mWANYafM17vnVRi5wu5rdP5vcYCS6krV8Of+ZLy7ykl3eE0E5b77F8IE2t5hiWlQik2fFd1nSEpwXQpvkWx/bF+gRv1udQuXxRYbjxfhQ== me@host | SHA256:KYpc6MEm7A0Alsa5fiG0gkrCzQ0q+cJ/BlzF9ju0Aq0
            ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBADCBLkwnmc0qymEnSY5xrD6gJopomGNTtzZDcHxfCgRU3dUsL+c+EjVtrKFxdi+4Xs9A31KYGPZG3cvMl48tBg4SABQQqnut7FhD0lSjWfhCEGGCkK4kVKDCdDR/RYJExzCQYiUpD69SNCjHyfeSRa5k8gX6MCKfxu0wulzt7+v1zAvrg== me@host | SHA256:43BA8psbWVqyggcyb0AOTJijiZW+NNTF3yGt+Vp7DOc
            ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDKGar7zt2rDLJXBdPL3B/jcpJf6lDQKgTPtTNQgGU4AeuSp4LhobPqrEI6pV62fdYvFJ68IVst1PNhEkqc2w005QQFbZAXQuHY+TM1hQN71M0bu4LHkkKJJQ8cB/OvYAXXbmkN4r9eL4F532aMh6c8TMThnaxPavn9I0b4MNtIUgX+3R3oL//iYS8eJCqQ6Ejw+aRcw8w5HLWChNSblEtKUYGhjkuH0atN3EcYAh3gAQJrE9QaAx3P/5yKtmAY3TgYMBcqYzqmTyr2Oybty+qWS3LR7zNUcZx6cpUVoGIfbzcq3xfyIcQugJCH0B4uL0BB4kJrs9zkkmEaxmR3Dc0D me@host | SHA256:FSMZC6MqsHUZf2PU07CflDbJIJ625/p8yFBqtj9D59k
            ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDDz2apUwDYtdH5c+9fAAsAMbhW1l072dlQhS6pMeV+X1+KzVODE9YFtyc9EMDiCOphP3FAJYDN7/5LeWgWfTl7RkttNDFfjXMBkwnZijfIzlUQzlklOaYO7FkvS1Oy+oxBT2jUw89/upel3+Icoo9sdx00+g3iQL7BA6JKEIQzsw== me@host | SHA256:b1oMkTAvSvPclg3NomPbRGU6/gf1T2G9LYPj2cw8Z1Y
            sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIK+iykhDYbf6wv1tPiJS94X1XONOza36h6YsiCATQpxEAAAABHNzaDo= key@token | SHA256:6nUPoFrvRUeteyTPb8gyBxkmt17tdSujcfHTn7f9vEg
            sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBOnN9zv+hB34eIVIg8inuaeIT6ypoEmDFiM7WAYEVPXzNbcwqohHM/OLz+AB07pt+GElf/WPCfEW4CZ1Uop1S1oAAAAEc3NoOg== key@token | SHA256:M1Vde3lNS9JXIzDFmRcYesiqgwmDsBl2TqQDKvZj6Oc
            """)
    void keysHaveTheFingerprintOfOpenSsh(String line, String fingerprint) {
        assertThat(parser.fingerprint(line)).isEqualTo(fingerprint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "%s\n",
                "  %s comment with words",
                "restrict %s",
                "from=\"10.0.0.0/8\",no-pty %s comment",
                "command=\"echo \\\"ssh-rsa AAAA\\\" x\" %s",
                "environment=\"A=b c\"\t%s",
                // A backslash protects nothing but a quote.
                "command=\"a\\\\\" b\" %s"
            })
    void optionsAndCommentsMakeNoDifference(String form) {
        assertThat(parser.fingerprint(form.formatted("ssh-ed25519 " + ED25519))).isEqualTo(FINGERPRINT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ssh-ed25519",
                "ssh-ed25519 ",
                "ssh-ed25519 !!!",
                "ssh-ed25519 AAAA",
                "ssh-rsa " + ED25519,
                ED25519,
                "ssh-dss " + ED25519,
                "ssh-ed25519-cert-v01@openssh.com " + ED25519,
                "ssh-ed25519 " + ED25519 + "AAAA",
                "command=\"never ends ssh-ed25519 " + ED25519,
                "ssh-ed25519 " + ED25519 + "\nssh-ed25519 " + ED25519,
                "# ssh-ed25519"
            })
    void everythingElseIsRefused(String line) {
        assertThatThrownBy(() -> parser.fingerprint(line)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void keysThatAreTooShortOrTooLongAreRefused() {
        byte[] key = Base64.getDecoder().decode(ED25519);
        assertThat(IntStream.rangeClosed(0, key.length + 3).filter(length -> length != key.length))
                .allSatisfy(length -> assertThatThrownBy(
                                () -> parser.fingerprint("ssh-ed25519 " + encode(Arrays.copyOf(key, length))))
                        .isInstanceOf(InvalidValueException.class));
    }

    @Test
    void lengthsThatLeadOutsideAreRefused() {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 12}) {
            ByteBuffer key = ByteBuffer.allocate(15);
            key.putInt(length).put("ssh-ed25519".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> parser.fingerprint("ssh-ed25519 " + encode(key.array())))
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    private static String encode(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }
}
