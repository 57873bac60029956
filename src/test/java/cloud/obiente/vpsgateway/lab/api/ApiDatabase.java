package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.HashMap;
import java.util.Map;

/**
 * What the instances of one API share. Another one beside it (production and beta) is another database. The timeline's thread.
 *
 * @param proxmox may be shared with another database: the VMs of both are on the same nodes
 * @param publicAddresses to whom the API has assigned them
 */
public record ApiDatabase(
        LeaseTable leases, VpsRecords vpss, ProxmoxInventory proxmox, Map<Ipv4Address, String> publicAddresses) {

    public ApiDatabase() {
        this(new ProxmoxInventory());
    }

    public ApiDatabase(ProxmoxInventory proxmox) {
        this(new LeaseTable(), new VpsRecords(), proxmox, new HashMap<>());
    }
}
