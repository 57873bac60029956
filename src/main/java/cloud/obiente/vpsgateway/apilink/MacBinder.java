package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RebindCommand;
import java.util.concurrent.CompletionStage;

/** The changes that the resolver may make; an answer means that DHCP follows, or soon will. Nothing here waits. */
public interface MacBinder {
    /** Another NIC for a VPS that has an address. */
    CompletionStage<Outcome<Allocation>> rebind(RebindCommand command);

    /** An address for a VPS that has none; one that has keeps it. */
    CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command);
}
