package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Reads keys of the kinds ed25519, ecdsa, rsa and their security-key forms: the type written in front, the same type
 * inside, and parts of the right lengths (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4, OpenSSH's
 * PROTOCOL.u2f). Stateless.
 *
 * <p>Our own, because all that is wanted is a fingerprint: a library that can also use such keys brings providers and
 * reflection along that a native executable has to be told about.
 */
public final class OpenSshKeyParser implements PublicKeyParser {
    private static final String EXPECTED =
            "a line of authorized_keys with an ed25519, ecdsa, rsa, sk-ed25519 or sk-ecdsa key";
    private static final int MAX_LINE_LENGTH = 16 << 10;
    private static final int MIN_RSA_BITS = 1024;
    private static final int MAX_RSA_BITS = 16_384;

    private static final Map<String, Body> BODIES = Map.of(
            "ssh-ed25519", OpenSshKeyParser::ed25519,
            "ecdsa-sha2-nistp256", key -> ecdsa(key, "nistp256", 65),
            "ecdsa-sha2-nistp384", key -> ecdsa(key, "nistp384", 97),
            "ecdsa-sha2-nistp521", key -> ecdsa(key, "nistp521", 133),
            "ssh-rsa", OpenSshKeyParser::rsa,
            "sk-ssh-ed25519@openssh.com", key -> ed25519(key) && string(key).length > 0,
            "sk-ecdsa-sha2-nistp256@openssh.com", key -> ecdsa(key, "nistp256", 65) && string(key).length > 0);

    /** Whether what follows the inner type name is a key of that type. */
    @FunctionalInterface
    private interface Body {
        boolean isRight(ByteBuffer key);
    }

    @Override
    public String fingerprint(String line) {
        if (line.length() > MAX_LINE_LENGTH || line.strip().contains("\n")) {
            throw refusal(line);
        }
        KeyLine parts = KeyLine.of(line.strip());
        if (!parts.hasKey()) {
            throw refusal(line);
        }
        try {
            byte[] key = Base64.getDecoder().decode(parts.base64());
            ByteBuffer rest = ByteBuffer.wrap(key);
            boolean sameType = Arrays.equals(string(rest), parts.type().getBytes(StandardCharsets.US_ASCII));
            if (sameType && BODIES.get(parts.type()).isRight(rest) && !rest.hasRemaining()) {
                return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(sha256(key));
            }
        } catch (IllegalArgumentException | BufferUnderflowException neitherBase64NorAKey) {
            throw refusal(line);
        }
        throw refusal(line);
    }

    private static boolean ed25519(ByteBuffer key) {
        return string(key).length == 32;
    }

    /** An uncompressed point (SEC 1 section 2.3.3) of the curve that the type promises. */
    private static boolean ecdsa(ByteBuffer key, String curve, int pointBytes) {
        boolean sameCurve = Arrays.equals(string(key), curve.getBytes(StandardCharsets.US_ASCII));
        byte[] point = string(key);
        return sameCurve && point.length == pointBytes && point[0] == 4;
    }

    private static boolean rsa(ByteBuffer key) {
        byte[] exponent = string(key);
        byte[] modulus = string(key);
        if (exponent.length == 0 || modulus.length == 0 || exponent[0] < 0 || modulus[0] < 0) {
            return false;
        }
        int bits = new java.math.BigInteger(modulus).bitLength();
        boolean odd = (exponent[exponent.length - 1] & 1) == 1 && (modulus[modulus.length - 1] & 1) == 1;
        return odd && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
    }

    private static byte[] string(ByteBuffer key) {
        int length = key.getInt();
        if (length < 0 || length > key.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        key.get(text);
        return text;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static InvalidValueException refusal(String line) {
        return new InvalidValueException(line, EXPECTED);
    }
}
