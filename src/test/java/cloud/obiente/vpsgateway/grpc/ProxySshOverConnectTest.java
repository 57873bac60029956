package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.lab.ProxyClient;

/** The same contract in the protocol that the deployed API speaks. */
class ProxySshOverConnectTest extends ProxySshTest {
    @Override
    ProxyClient client(int port) {
        return ProxyClient.connect(port, "");
    }
}
