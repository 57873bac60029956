package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.net.InvalidValueException;

/** Reads the public key of an end user. */
@FunctionalInterface
public interface PublicKeyParser {

    /**
     * The fingerprint of the key in one line of an authorized_keys file (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
     *
     * @return as {@code ssh-keygen -l} prints it: {@code SHA256:} and unpadded base64
     * @throws InvalidValueException when the line holds no key of a supported kind
     */
    String fingerprint(String line);
}
