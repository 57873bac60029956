package cloud.obiente.vpsgateway.net;

import java.util.regex.Pattern;

/**
 * The name of a network interface: 1 to 15 bytes (IFNAMSIZ − 1, {@code net/if.h}). Narrower than the kernel, which also
 * takes quotes and other characters that mean something to the programs that are given the name.
 *
 * @param text the name as the kernel knows it
 */
public record InterfaceName(String text) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.@-]{1,15}");

    /** @throws InvalidValueException when the text is not such a name */
    public InterfaceName {
        if (!FORM.matcher(text).matches() || text.equals(".") || text.equals("..")) {
            throw new InvalidValueException(text, "an interface name such as eth0 or vmbr1, at most 15 characters");
        }
    }

    /** @throws InvalidValueException when the text is not an interface name */
    public static InterfaceName parse(String text) {
        return new InterfaceName(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
