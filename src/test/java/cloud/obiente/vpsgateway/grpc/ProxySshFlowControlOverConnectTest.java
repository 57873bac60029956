package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.lab.ProxyClient;

/** The same bounds in the protocol that the deployed API speaks. */
class ProxySshFlowControlOverConnectTest extends ProxySshFlowControlTest {
    @Override
    ProxyClient client(int port) {
        return ProxyClient.connect(port, "");
    }
}
