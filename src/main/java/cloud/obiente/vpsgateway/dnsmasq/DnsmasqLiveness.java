package cloud.obiente.vpsgateway.dnsmasq;

/**
 * The two looks from outside at a running child.
 *
 * @param probe whether it answers
 * @param interfaceWatch whether there is anything to serve on
 */
public record DnsmasqLiveness(DnsHealthProbe probe, InterfaceWatch interfaceWatch) {}
