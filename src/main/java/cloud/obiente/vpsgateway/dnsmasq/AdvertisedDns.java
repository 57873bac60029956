package cloud.obiente.vpsgateway.dnsmasq;

import java.util.List;
import java.util.stream.Stream;

/** The resolvers that DHCP gives to VPSs. */
public enum AdvertisedDns {
    /** This gateway first, then the upstream resolvers. */
    BOTH,
    /** This gateway only. */
    GATEWAY,
    /** The upstream resolvers only; names of VPSs do not resolve inside VPSs. */
    UPSTREAM;

    /**
     * In the order to ask, none twice.
     *
     * @param own this gateway's addresses
     */
    public <A> List<A> resolvers(List<A> own, List<A> upstream) {
        Stream<A> all =
                switch (this) {
                    case BOTH -> Stream.concat(own.stream(), upstream.stream());
                    case GATEWAY -> own.stream();
                    case UPSTREAM -> upstream.stream();
                };
        return all.distinct().toList();
    }
}
