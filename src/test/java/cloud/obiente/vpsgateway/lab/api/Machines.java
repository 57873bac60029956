package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.MacAddress;

/** Where VPSs run. Told on the timeline's thread. */
public interface Machines {
    /** Nobody listens. */
    Machines NONE = new Machines() {
        @Override
        public void started(String vps, MacAddress nic) {}

        @Override
        public void destroyed(String vps) {}
    };

    /** It asks for an address from now on. Also when it runs already, with another NIC. */
    void started(String vps, MacAddress nic);

    void destroyed(String vps);
}
