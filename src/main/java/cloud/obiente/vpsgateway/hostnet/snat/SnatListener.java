package cloud.obiente.vpsgateway.hostnet.snat;

/** Told of what happens to the rule, on the thread {@code snat}; must be quick. */
public interface SnatListener {

    /** Somebody else had changed it; it is right again. */
    void snatRepaired();
}
