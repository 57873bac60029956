package cloud.obiente.vpsgateway.ssh.bastion;

import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.compression.Compression;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.server.kex.DHGServer;

/**
 * What the bastion speaks: nothing with SHA-1, CBC, or finite-field Diffie-Hellman. Of each kind the client's first choice
 * among these holds (RFC 4253 section 7.1). Stateless.
 */
final class SshAlgorithms {
    static {
        JdkSecurity.install();
    }

    private SshAlgorithms() {}

    static List<KeyExchangeFactory> keyExchanges() {
        return Stream.of(EllipticKeyExchange.values())
                .map(DHGServer::newFactory)
                .toList();
    }

    /**
     * Without chacha20-poly1305, which stock clients would prefer: in Java it costs twice what AES costs, and with it OpenSSH
     * asks for new keys after each GiB, with AES after 64 (RFC 4344 section 3.2).
     */
    static List<NamedFactory<Cipher>> ciphers() {
        return List.of(
                BuiltinCiphers.aes128gcm,
                BuiltinCiphers.aes256gcm,
                BuiltinCiphers.aes128ctr,
                BuiltinCiphers.aes192ctr,
                BuiltinCiphers.aes256ctr);
    }

    static List<NamedFactory<Mac>> macs() {
        return List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm);
    }

    /** Of users; the host key is ed25519. */
    static List<NamedFactory<Signature>> signatures() {
        return List.of(
                BuiltinSignatures.ed25519,
                BuiltinSignatures.nistp256,
                BuiltinSignatures.nistp384,
                BuiltinSignatures.nistp521,
                BuiltinSignatures.sk_ssh_ed25519,
                BuiltinSignatures.sk_ecdsa_sha2_nistp256,
                BuiltinSignatures.rsaSHA512,
                BuiltinSignatures.rsaSHA256);
    }

    static List<NamedFactory<Compression>> compressions() {
        return List.of(BuiltinCompressions.none);
    }
}
