package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.AdvertiseDns;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The resolvers that VPSs are told to ask. */
final class AdvertisedResolvers {
    private AdvertisedResolvers() {}

    static List<Ipv4Address> advertised(
            AdvertiseDns advertised, Optional<Ipv4Address> ownAddress, List<Ipv4Address> upstream) {
        Stream<Ipv4Address> all =
                switch (advertised) {
                    case GATEWAY -> ownAddress.stream();
                    case UPSTREAM -> upstream.stream();
                    case BOTH -> Stream.concat(ownAddress.stream(), upstream.stream());
                };
        return all.distinct().toList();
    }
}
