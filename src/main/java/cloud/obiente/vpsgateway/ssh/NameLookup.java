package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks our own dnsmasq for an address. */
@FunctionalInterface
public interface NameLookup {

    /** Completes on any thread with the first address; exceptionally when there was no answer. */
    CompletionStage<Optional<Ipv4Address>> lookUp(String name);
}
