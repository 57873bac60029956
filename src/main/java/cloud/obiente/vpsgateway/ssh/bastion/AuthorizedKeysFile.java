package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.ssh.KeyLine;
import cloud.obiente.vpsgateway.ssh.OpenSshKeyParser;
import cloud.obiente.vpsgateway.ssh.PublicKeyParser;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a file in the format of OpenSSH says (sshd(8), AUTHORIZED_KEYS FILE FORMAT). A line that is not understood is refused
 * with a reason, and takes nothing away from the others; so is a line whose limits could not be kept.
 *
 * @param keys by fingerprint; of a key that is there twice, the first line holds, as with OpenSSH
 * @param refused what is wrong, line by line
 */
record AuthorizedKeysFile(Map<String, AuthorizedKey> keys, List<String> refused) {
    private static final PublicKeyParser PARSER = new OpenSshKeyParser();
    private static final String RSA = "ssh-rsa";
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_LINE_LENGTH = 16 << 10;

    /** @param zone of expiry times that name none */
    static AuthorizedKeysFile parse(String text, ZoneId zone) {
        Map<String, AuthorizedKey> keys = new LinkedHashMap<>();
        List<String> refused = new ArrayList<>();
        List<String> lines = text.lines().map(String::strip).toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                AuthorizedKey key = parseLine(line, zone);
                keys.putIfAbsent(key.fingerprint(), key);
            } catch (InvalidValueException notUnderstood) {
                refused.add("line " + (i + 1) + ": " + notUnderstood.getMessage());
            }
        }
        return new AuthorizedKeysFile(Map.copyOf(keys), List.copyOf(refused));
    }

    private static AuthorizedKey parseLine(String line, ZoneId zone) {
        if (line.length() > MAX_LINE_LENGTH) {
            throw new InvalidValueException(
                    line.substring(0, 40) + "...", "at most " + MAX_LINE_LENGTH + " characters");
        }
        KeyLine parts = KeyLine.of(line);
        KeyOptions options = KeyOptions.parse(parts.options(), zone);
        if (!parts.hasKey()) {
            throw new InvalidValueException(parts.type(), "an ed25519, ecdsa, rsa, sk-ed25519 or sk-ecdsa key");
        }
        return new AuthorizedKey(
                fingerprint(parts.type(), parts.base64()), parts.type() + " " + parts.base64(), options);
    }

    private static String fingerprint(String type, String base64) {
        String fingerprint = PARSER.fingerprint(type + " " + base64);
        if (type.equals(RSA) && rsaBits(base64) < MIN_RSA_BITS) {
            throw new InvalidValueException(
                    RSA + " of " + rsaBits(base64) + " bits", "one of " + MIN_RSA_BITS + " bits or more");
        }
        return fingerprint;
    }

    /** Of a key that has been parsed: name, exponent, modulus (RFC 4253 section 6.6). */
    private static int rsaBits(String base64) {
        ByteBuffer key = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
        byte[] part = {};
        while (key.hasRemaining()) {
            part = new byte[key.getInt()];
            key.get(part);
        }
        return new BigInteger(part).bitLength();
    }
}
