package cloud.obiente.vpsgateway.dnsmasq;

/**
 * The two checks of a running child from outside.
 *
 * @param probe whether it answers
 * @param interfaceWatch whether there is anything to serve on
 */
public record DnsmasqLiveness(DnsHealthProbe probe, InterfaceWatch interfaceWatch) {}
