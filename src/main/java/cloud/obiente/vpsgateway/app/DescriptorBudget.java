package cloud.obiente.vpsgateway.app;

import java.util.Locale;
import java.util.Optional;

/**
 * Who may have how many of the file descriptors of this process, so that connections never take those that DHCP, the store
 * and the children need.
 *
 * @param limit of the process
 * @param calls connections to the port of calls
 * @param management connections to the management port
 * @param clients of the bastion
 * @param tunnels to VPSs
 * @param isShort whether that is less than was asked for
 */
record DescriptorBudget(long limit, int calls, int management, int clients, int tunnels, boolean isShort) {
    /** Store, lease file, host files, jars, children and their pipes, sockets for DHCP and DNS, event loops; doubled. */
    static final int RESERVE = 160;

    /** What a program needs to answer probes, and somebody who looks. */
    private static final int MIN_PLACES = 4;

    private static final int SHARE_OF_MANAGEMENT = 8;

    /**
     * Gives everybody what is wanted, or a share of what there is.
     *
     * @param wanted as configured
     */
    static DescriptorBudget of(long limit, Wanted wanted) {
        long left = limit - RESERVE;
        if (left >= wanted.all()) {
            return new DescriptorBudget(
                    limit, wanted.calls(), wanted.management(), wanted.clients(), wanted.tunnels(), false);
        }
        int management = places(left / SHARE_OF_MANAGEMENT, wanted.management());
        // A session has a connection in front of the gateway and a tunnel behind it.
        long half = (left - management) / 2;
        int clients = wanted.clients() == 0 ? 0 : places(half / 2, wanted.clients());
        return new DescriptorBudget(
                limit,
                places(half - clients, wanted.calls()),
                management,
                clients,
                places(half, wanted.tunnels()),
                true);
    }

    private static int places(long possible, int wanted) {
        return (int) Math.min(wanted, Math.max(MIN_PLACES, possible));
    }

    /** What is to be done about it; empty when there is enough. */
    Optional<String> shortage(Wanted wanted) {
        return isShort
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%d file descriptors (ulimit -n, systemd: LimitNOFILE) are too few for %d: places for %d connections to"
                                + " the gRPC port (GATEWAY_GRPC_MAX_CONNECTIONS=%d), %d to the management port, %d clients of the"
                                + " bastion (GATEWAY_SSH_BASTION_MAX_CONNECTIONS=%d) and %d SSH connections to VPSs"
                                + " (GATEWAY_SSH_MAX_CONNECTIONS=%d) are left",
                        limit,
                        wanted.all() + RESERVE,
                        calls,
                        wanted.calls(),
                        management,
                        clients,
                        wanted.clients(),
                        tunnels,
                        wanted.tunnels()))
                : Optional.empty();
    }

    /**
     * As many as the operator asks for; a client of the bastion is 0 where there is none.
     *
     * @param calls connections to the port of calls
     * @param management connections to the management port
     * @param clients of the bastion
     * @param tunnels to VPSs
     */
    record Wanted(int calls, int management, int clients, int tunnels) {
        private long all() {
            return (long) calls + management + clients + tunnels;
        }
    }
}
