package cloud.obiente.vpsgateway.grpc;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * The calls that are open and whose callers have not shown the secret. Each costs memory until it ends, and anybody may
 * let it last for ever, so there are few, and fewer for one address. Any thread, under its monitor.
 */
final class UnauthenticatedCallLimit {
    /** Load balancers and orchestrators have one or two each. */
    static final int MAX_PER_ADDRESS = 32;

    static final int MAX = 256;

    private final Map<String, Integer> ofAddress = new HashMap<>();
    private int all;

    /** @return whether there is a place for one more; then {@link #leave} is called once */
    synchronized boolean enter(SocketAddress remote) {
        String address = address(remote);
        if (all >= MAX || ofAddress.getOrDefault(address, 0) >= MAX_PER_ADDRESS) {
            return false;
        }
        ofAddress.merge(address, 1, Integer::sum);
        all++;
        return true;
    }

    synchronized void leave(SocketAddress remote) {
        ofAddress.computeIfPresent(address(remote), (address, calls) -> calls > 1 ? calls - 1 : null);
        all--;
    }

    private static String address(SocketAddress remote) {
        return remote instanceof InetSocketAddress internet
                ? String.valueOf(internet.getAddress())
                : String.valueOf(remote);
    }
}
