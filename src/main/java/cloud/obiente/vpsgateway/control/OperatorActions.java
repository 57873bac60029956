package cloud.obiente.vpsgateway.control;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.ReleaseCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.reconcile.ProvisionResult;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.ssh.LiveSession;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** What an operator may change on a running gateway; each change is in the log and the history under the operator's name. */
public final class OperatorActions {
    private static final Logger LOG = Logger.getLogger(OperatorActions.class);

    private final Provisioner provisioner;
    private final Tunnels tunnels;

    public OperatorActions(Provisioner provisioner, Tunnels tunnels) {
        this.provisioner = provisioner;
        this.tunnels = tunnels;
    }

    /** Takes the private address from a VPS, on the way of ReleaseIP. Argument {@code vps}, and perhaps {@code address}. */
    public Object release(ControlRequest request, String operator) throws RefusedException {
        VpsId vps;
        Optional<Ipv4Address> address;
        try {
            vps = VpsId.parse(request.required("vps"));
            address = request.argument("address").map(Ipv4Address::parse);
        } catch (InvalidValueException wrong) {
            throw new RefusedException(RefusedException.Kind.INVALID, wrong.getMessage());
        }
        ProvisionResult<List<Allocation>> result = Answers.await(
                provisioner.submit(caller(operator), new ReleaseCommand(vps, address), Cancellation.NONE),
                "the release");
        if (result.outcome() instanceof Outcome.Refused<List<Allocation>> refused) {
            throw new RefusedException(
                    RefusedException.Kind.NOT_FOUND, refused.refusal().message());
        }
        List<Allocation> released = ((Outcome.Done<List<Allocation>>) result.outcome()).value();
        LOG.infof("%s has released %s of %s", operator, released.get(0).address(), vps);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("released", released.stream().map(Allocation::address).toList());
        tree.put("vps", vps);
        tree.put("notConfirmed", result.pending());
        return tree;
    }

    /** Ends an SSH session. Argument {@code id}. */
    public Object kill(ControlRequest request, String operator) throws RefusedException {
        String id = request.required("id");
        if (!id.matches("[1-9][0-9]{0,17}")) {
            throw new RefusedException(RefusedException.Kind.INVALID, "'" + id + "' is no number of a session");
        }
        Optional<LiveSession> ended = Answers.await(
                tunnels.live().end(Long.parseLong(id), "ended by an operator (" + caller(operator) + ")"),
                "the end of the session");
        LiveSession session = ended.orElseThrow(() -> new RefusedException(
                RefusedException.Kind.NOT_FOUND, "there is no session " + id + " now; 'sessions' lists them"));
        LOG.infof("%s has ended %s", operator, session.soFar());
        return Map.of("killed", SessionListing.row(session));
    }

    private static Caller caller(String operator) {
        return Caller.of("operator " + operator);
    }
}
