package cloud.obiente.vpsgateway.ssh;

/** What became of a target. */
public sealed interface Resolution {

    /** It may be dialed. */
    record Found(Destination destination) implements Resolution {}

    /** @param why as the caller is told */
    record Refused(String why) implements Resolution {}
}
