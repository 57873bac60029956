package cloud.obiente.vpsgateway.dnsmasq;

import java.util.Locale;

/** What dnsmasq has only so much of. */
public enum Limit {
    CONCURRENT_QUESTIONS("questions that wait for an upstream resolver"),
    LEASES("leases"),
    CACHE("names that it remembers");

    private final String noun;

    Limit(String noun) {
        this.noun = noun;
    }

    /** Of what, in words. */
    String noun() {
        return noun;
    }

    /** Lower case, as in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
