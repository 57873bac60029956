package cloud.obiente.vpsgateway.ssh.bastion;

import java.security.Provider;
import java.security.Security;
import java.util.Optional;
import org.apache.sshd.common.util.security.AbstractSecurityProviderRegistrar;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.common.util.security.eddsa.generic.EdDSASupport;

/**
 * Makes SSHD use the JDK's cryptography and no other: of itself it knows Ed25519 with BouncyCastle or net.i2p only, and
 * looks for both by name.
 */
final class JdkSecurity extends AbstractSecurityProviderRegistrar {
    private static final String PROVIDER = "SunEC";

    private JdkSecurity() {
        super(PROVIDER);
    }

    /** To be called before the first use of SSHD, as often as one likes. */
    static void install() {
        if (System.getProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS) == null) {
            System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
        }
        SecurityUtils.registerSecurityProvider(new JdkSecurity());
    }

    @Override
    public boolean isSupported() {
        return getSecurityProvider() != null;
    }

    @Override
    public Provider getSecurityProvider() {
        return Security.getProvider(PROVIDER);
    }

    /** No: everything comes from whatever provider the JDK prefers for it. */
    @Override
    public boolean isSecurityEntitySupported(Class<?> entityType, String name) {
        return false;
    }

    @Override
    public Optional<EdDSASupport<?, ?>> getEdDSASupport() {
        return Optional.of(new JdkEd25519());
    }
}
