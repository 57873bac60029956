package cloud.obiente.vpsgateway.ipam;

/** An allocation that stands, and who asked for it. */
public record Origin(Caller caller, Allocation allocation) {}
