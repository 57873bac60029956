package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import java.util.Optional;

/**
 * Who an API instance says that it is, and what it calls this node.
 *
 * @param instance its own id; empty when it has none, and then no other stream counts as its own
 * @param node its name of this node; may be empty
 * @param version of its program; may be empty
 */
record LinkRegistration(String instance, String node, String version) {
    private static final int MAX_LENGTH = 200;

    /** Empty when a text is too long or could forge a line of the log. */
    static Optional<LinkRegistration> of(GatewayRegistration message) {
        LinkRegistration registration = new LinkRegistration(
                message.getGatewayIpDhcp().strip(),
                message.getGatewayId().strip(),
                message.getVersion().strip());
        return registration.isWellFormed() ? Optional.of(registration) : Optional.empty();
    }

    private boolean isWellFormed() {
        return isWellFormed(instance) && isWellFormed(node) && isWellFormed(version);
    }

    private static boolean isWellFormed(String text) {
        return text.length() <= MAX_LENGTH && text.codePoints().noneMatch(Character::isISOControl);
    }

    /** One instance may have a link for each node that it takes this gateway for: both names tell a link from another. */
    boolean isSameIdentity(LinkRegistration other) {
        return !instance.isEmpty() && instance.equals(other.instance) && node.equals(other.node);
    }
}
