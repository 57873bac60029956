package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Owns who may log in: what the file says now. {@link #reread} runs on one thread at a time; {@link #find} reads an
 * immutable snapshot and may be called on any.
 *
 * <p>The file is compared by content, because configuration management replaces files and directories in ways that a watch
 * does not see. While it cannot be read, nobody may log in: taking it away is a way to lock the door.
 */
final class AuthorizedKeys {
    private static final Logger LOG = Logger.getLogger(BastionLog.CATEGORY);
    private static final String BYTE_ORDER_MARK = "\ufeff";
    private static final long MAX_BYTES = 16 << 20;

    private final Path file;
    private final ZoneId zone;
    private volatile Map<String, AuthorizedKey> keys = Map.of();
    private String lastText = "";
    private String lastFault = "";

    /** @param zone of expiry times that name none */
    AuthorizedKeys(Path file, ZoneId zone) {
        this.file = file;
        this.zone = zone;
    }

    Optional<AuthorizedKey> find(String fingerprint) {
        return Optional.ofNullable(keys.get(fingerprint));
    }

    /** Checks the file, and reads it if it has changed. */
    void reread() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("larger than " + (MAX_BYTES >> 20) + " MiB");
            }
            follow(text(Files.readAllBytes(file)));
        } catch (IOException unreadable) {
            keys = Map.of();
            lastText = "";
            if (!lastFault.equals(unreadable.toString())) {
                lastFault = unreadable.toString();
                LOG.warn("nobody may log in to the bastion: " + file + " cannot be read (" + unreadable
                        + "; GATEWAY_SSH_AUTHORIZED_KEYS)");
            }
        }
    }

    /** Editors on Windows put a mark in front, which is no part of the first key, or write each character as two octets. */
    private static String text(byte[] octets) throws IOException {
        String text = new String(octets, StandardCharsets.UTF_8);
        if (text.startsWith(BYTE_ORDER_MARK)) {
            return text.substring(BYTE_ORDER_MARK.length());
        }
        if (text.indexOf(0) >= 0) {
            throw new IOException("it is UTF-16 or no text at all; save it as UTF-8");
        }
        return text;
    }

    private void follow(String text) {
        if (text.equals(lastText) && lastFault.isEmpty()) {
            return;
        }
        AuthorizedKeysFile read = AuthorizedKeysFile.parse(text, zone);
        keys = read.keys();
        lastText = text;
        lastFault = "";
        LOG.infof("keys that may log in to the bastion: %s (%s)", keys.size(), file);
        read.refused()
                .forEach(
                        why -> LOG.warn("a key of the bastion is refused: " + file + ", " + why + "; the others hold"));
    }
}
