/**
 * Lists of allocations that API instances send, from arrival to result, and what they may do: the one place that decides
 * whether silence or a stale row can take an address from anybody.
 *
 * <p>{@link cloud.obiente.vpsgateway.sync.SyncPipeline} is the door. The rules are in {@link
 * cloud.obiente.vpsgateway.sync.AllocationStanding}; the facts that they judge by belong to the allocations and are in the
 * store ({@link cloud.obiente.vpsgateway.ipam.AllocationFacts}). What no list can settle, {@link
 * cloud.obiente.vpsgateway.sync.AbsenceReview} asks. Layer 3; knows no protobuf.
 */
package cloud.obiente.vpsgateway.sync;
