package cloud.obiente.vpsgateway.ssh;

import java.util.Set;

/**
 * A line of an authorized_keys file in its parts (sshd(8), AUTHORIZED_KEYS FILE FORMAT). Says nothing about whether they are
 * understood.
 *
 * @param options in front of the key, or empty
 * @param type as written; one of {@link #TYPES} unless the line holds no key
 * @param base64 what follows the type; empty where nothing does
 */
public record KeyLine(String options, String type, String base64) {
    /** The key types that are known here. */
    public static final Set<String> TYPES = Set.of(
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "ssh-rsa",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com");

    /** @param line without white space around it */
    public static KeyLine of(String line) {
        int begin = TYPES.contains(line.split("[ \t]", 2)[0]) ? 0 : endOfOptions(line);
        String[] words = line.substring(begin).strip().split("[ \t]+", 3);
        return new KeyLine(line.substring(0, begin), words[0], words.length < 2 ? "" : words[1]);
    }

    /** Whether there is a key of a known type. */
    public boolean hasKey() {
        return TYPES.contains(type) && !base64.isEmpty();
    }

    /** The first white space outside of quotes. A quote with a backslash before it is text; a backslash elsewhere, too. */
    private static int endOfOptions(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && (i == 0 || line.charAt(i - 1) != '\\')) {
                quoted = !quoted;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                return i;
            }
        }
        return line.length();
    }
}
