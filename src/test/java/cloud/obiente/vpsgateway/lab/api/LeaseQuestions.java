package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.lab.api.GatewayPort.Owner;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * FindVPSByLease: the row with that MAC, the record with that MAC, the VM with that NIC after a scan of all of them, and at
 * last the row with that address, however old it is. The timeline's thread.
 */
final class LeaseQuestions implements GatewayPort.Questions {
    private final ApiDatabase database;
    private final Lifetime lifetime;

    LeaseQuestions(ApiDatabase database, Lifetime lifetime) {
        this.database = database;
        this.lifetime = lifetime;
    }

    @Override
    public CompletionStage<Optional<Owner>> findVpsByLease(Optional<Ipv4Address> address, MacAddress mac) {
        Optional<Owner> stored = database.leases()
                .ofMac(mac)
                .flatMap(row -> owner(row.vps()))
                .or(() -> database.vpss().ofMac(mac).map(LeaseQuestions::owner));
        if (stored.isPresent()) {
            return CompletableFuture.completedFuture(stored);
        }
        CompletableFuture<Optional<Owner>> answer = new CompletableFuture<>();
        lifetime.after(database.proxmox().scanTime(), () -> answer.complete(scanned(address, mac)));
        return answer;
    }

    private Optional<Owner> scanned(Optional<Ipv4Address> address, MacAddress mac) {
        return database.proxmox().withNic(mac).flatMap(this::owner).or(() -> address.flatMap(database.leases()::at)
                .flatMap(row -> owner(row.vps())));
    }

    private Optional<Owner> owner(String vps) {
        return database.vpss().read(vps).map(LeaseQuestions::owner);
    }

    private static Owner owner(VpsRecord record) {
        return new Owner(record.vps(), record.organization());
    }
}
