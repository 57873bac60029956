package cloud.obiente.vpsgateway.ssh.bastion;

import org.apache.sshd.common.cipher.ECCurves;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.ECDH;
import org.apache.sshd.common.kex.MontgomeryCurve;
import org.apache.sshd.common.kex.XDH;

/**
 * Diffie-Hellman over elliptic curves (RFC 5656, RFC 8731). Not SSHD's own list, because that comes with post-quantum
 * exchanges, which need BouncyCastle, and a native executable would have to know it.
 */
@SuppressWarnings("ImmutableEnumChecker") // Functions without state.
enum EllipticKeyExchange implements DHFactory {
    CURVE25519("curve25519-sha256", X25519::new),
    CURVE25519_LIBSSH("curve25519-sha256@libssh.org", X25519::new),
    NISTP256("ecdh-sha2-nistp256", () -> new ECDH(ECCurves.nistp256)),
    NISTP384("ecdh-sha2-nistp384", () -> new ECDH(ECCurves.nistp384)),
    NISTP521("ecdh-sha2-nistp521", () -> new ECDH(ECCurves.nistp521));

    private final String sshName;
    private final Maker maker;

    EllipticKeyExchange(String sshName, Maker maker) {
        this.sshName = sshName;
        this.maker = maker;
    }

    @FunctionalInterface
    private interface Maker {
        AbstractDH make() throws Exception;
    }

    private static final class X25519 extends XDH {
        X25519() throws Exception {
            super(MontgomeryCurve.x25519, false);
        }

        @Override
        public Digest getHash() {
            return BuiltinDigests.sha256.create();
        }
    }

    @Override
    public String getName() {
        return sshName;
    }

    @Override
    public boolean isGroupExchange() {
        return false;
    }

    @Override
    public boolean isSupported() {
        return true;
    }

    @Override
    public AbstractDH create(Object... parameters) throws Exception {
        return maker.make();
    }
}
