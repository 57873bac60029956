package cloud.obiente.vpsgateway.platform;

import io.netty.channel.ChannelHandler;

/** What sees each connection to one of our HTTP ports at the moment it is accepted. A bean. */
@FunctionalInterface
public interface PortGates {
    /**
     * The handler of a socket that listens; each connection is a message to it. Called once per socket.
     *
     * @param port as it is configured
     */
    ChannelHandler gateOf(int port);
}
