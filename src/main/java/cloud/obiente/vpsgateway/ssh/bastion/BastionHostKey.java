package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;

/**
 * The key by which clients recognize the bastion: ed25519, in a file of OpenSSH's format.
 *
 * @param file where it is
 * @param pair the key
 */
record BastionHostKey(Path file, KeyPair pair) {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final String TYPE = "ssh-ed25519";

    static {
        JdkSecurity.install();
    }

    /**
     * Reads the key; makes it, readable by this user alone, where it is ours and there is none yet.
     *
     * @param given the operator's file; empty: ours
     * @throws IOException when there is none that can be used; the message says why
     */
    static BastionHostKey open(Optional<Path> given, Path stateDirectory) throws IOException {
        Path file = given.orElse(stateDirectory.resolve("ssh_host_ed25519_key"));
        try {
            return new BastionHostKey(file, given.isPresent() || Files.exists(file) ? read(file) : make(file));
        } catch (IOException e) {
            throw new IOException(
                    "the host key of the bastion, " + file + ", cannot be used: " + e
                            + " (expected: an unencrypted ed25519 key in OpenSSH's format; GATEWAY_SSH_HOST_KEY_FILE)",
                    e);
        }
    }

    /** As ssh-keygen prints it. */
    String fingerprint() {
        return KeyUtils.getFingerPrint(pair.getPublic());
    }

    private static KeyPair read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            Iterable<KeyPair> found = OpenSSHKeyPairResourceParser.INSTANCE.loadKeyPairs(
                    null, NamedResource.ofName(file.toString()), null, new ByteArrayInputStream(content));
            Iterator<KeyPair> keys = found == null ? Collections.emptyIterator() : found.iterator();
            if (keys.hasNext()) {
                KeyPair key = keys.next();
                if (TYPE.equals(KeyUtils.getKeyType(key))) {
                    return key;
                }
            }
            throw new IOException("no ed25519 key is in it");
        } catch (GeneralSecurityException | RuntimeException unusable) {
            throw new IOException("no unencrypted private key is in it: " + unusable.getMessage(), unusable);
        }
    }

    private static KeyPair make(Path file) throws IOException {
        try {
            KeyPair made = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(made, "vps-gateway", null, text);
            write(file, text.toByteArray());
            return made;
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** Never half a file, and never one that others could read, not even for a moment. */
    private static void write(Path file, byte[] content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        Files.write(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
