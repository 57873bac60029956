package cloud.obiente.vpsgateway.app.config;

/** The resolvers that DHCP gives to VPSs. */
public enum AdvertiseDns {
    /** This gateway first, then the upstream resolvers. */
    BOTH,
    /** This gateway only. */
    GATEWAY,
    /** The upstream resolvers only; names of VPSs do not resolve inside VPSs. */
    UPSTREAM
}
