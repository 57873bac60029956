package cloud.obiente.vpsgateway.app;

import io.quarkus.runtime.annotations.RegisterForProxy;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.forward.PortForwardingEventListener;
import org.apache.sshd.common.session.SessionListener;

/**
 * What a native executable has to be told about SSHD, besides when its classes are initialized, which is in
 * application.yaml. It gets cryptography by calling the methods {@code getInstance} through reflection, because it could be
 * told to use another provider; and it makes its lists of listeners with {@link java.lang.reflect.Proxy}.
 */
@RegisterForReflection(
        targets = {
            AlgorithmParameters.class,
            CertificateFactory.class,
            Cipher.class,
            KeyAgreement.class,
            KeyFactory.class,
            KeyPairGenerator.class,
            Mac.class,
            MessageDigest.class,
            Signature.class
        },
        fields = false)
final class NativeBastionConfig {
    private NativeBastionConfig() {}

    // One class each: of several annotations on one class, Quarkus would see none.

    @RegisterForProxy(targets = ChannelListener.class)
    interface ChannelListeners {}

    @RegisterForProxy(targets = PortForwardingEventListener.class)
    interface ForwardingListeners {}

    @RegisterForProxy(targets = SessionListener.class)
    interface SessionListeners {}
}
