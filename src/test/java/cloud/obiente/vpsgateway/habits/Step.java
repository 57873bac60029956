package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.lab.api.ApiDatabase;
import cloud.obiente.vpsgateway.lab.api.VpsRecord;
import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * Something that happens, and how much time passes after it.
 *
 * @param which of those that it may happen to
 * @param seconds that pass afterwards; where something has a duration, that as well
 */
record Step(Kind kind, int which, int seconds) {
    /** An outage takes that much longer than other things do. */
    private static final int OUTAGE = 6;

    private static final Duration MAX_FAULT = Duration.ofMinutes(10);

    /** What may happen. */
    enum Kind {
        NOTHING((world, step) -> {}),
        CREATE((world, step) -> world.create(step.which())),
        DELETE((world, step) -> world.withVps(step.which(), (api, vps) -> world.delete(api, vps.vps()))),
        REPLACE_NIC((world, step) -> world.withVps(
                step.which(), (api, vps) -> world.segment.vps(vps.vps()).ifPresent(running -> api.vpss()
                        .replaceNic(vps.vps(), api.vpss().drawNic())))),
        POWER_OFF((world, step) -> world.withVps(step.which(), (api, vps) -> world.segment.stop(vps.vps()))),
        POWER_ON((world, step) -> world.withVps(step.which(), (api, vps) -> world.powerOn(api, vps.vps()))),
        ASSIGN_PUBLIC((world, step) -> world.withVps(step.which(), (api, vps) -> api.vpss()
                .assignPublic(vps.vps(), HabitsWorld.PUBLIC.plus(Math.floorMod(step.which(), 4))))),
        UNASSIGN_PUBLIC((world, step) -> world.withVps(step.which(), (api, vps) -> api.vpss()
                .unassignPublic(vps.vps(), HabitsWorld.PUBLIC.plus(Math.floorMod(step.which(), 4))))),
        SEND_LIST((world, step) -> world.lateList(step.which(), Duration.ZERO)),
        LATE_LIST((world, step) -> world.lateList(step.which(), step.duration())),
        LOSE_ROWS_OF_A_VPS((world, step) -> world.withVps(step.which(), (api, vps) -> api.database()
                .leases()
                .lose(row -> row.entry().vps().equals(vps.vps())))),
        LOSE_ALL_ROWS((world, step) -> world.database(step.which()).leases().lose(row -> true)),
        UNREADABLE_RECORD((world, step) ->
                world.withVps(step.which(), (api, vps) -> step.makeUnreadable(world, api.database(), vps))),
        UNREADABLE_RECORDS((world, step) -> step.makeAllUnreadable(world, world.database(step.which()))),
        BREAK_LINK((world, step) -> world.instance(step.which()).ifPresent(api -> world.breakLinks(api))),
        TOGGLE_INSTANCE((world, step) -> world.toggleInstance(step.which())),
        RENAME_NODE((world, step) -> world.rename("node-" + Math.floorMod(step.which(), 3))),
        RESTART((world, step) -> world.gateway.restart()),
        KILL((world, step) -> world.gateway.kill()),
        /** For minutes or hours: leases run out meanwhile. */
        DOWN((world, step) -> {
            world.gateway.stop();
            world.pass(step.duration().multipliedBy(OUTAGE));
            world.gateway.comeBack();
        }),
        CREATE_IN_VAIN((world, step) -> world.createInVain(step.which())),
        FIX_ADDRESS((world, step) -> world.withVps(step.which(), (api, vps) -> world.segment.fix(vps.vps()))),
        /** What is decided in the second before is not committed. */
        KILL_UNCOMMITTED((world, step) -> {
            world.gateway.loseCommits(true);
            world.create(step.which());
            world.pass(Duration.ofSeconds(1));
            world.gateway.loseCommits(false);
            world.gateway.kill();
        });

        @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
        private final BiConsumer<HabitsWorld, Step> effect;

        Kind(BiConsumer<HabitsWorld, Step> effect) {
            this.effect = effect;
        }
    }

    void take(HabitsWorld world) {
        world.tell("-- " + this);
        kind.effect.accept(world, this);
        world.pass(duration());
    }

    private Duration duration() {
        return Duration.ofSeconds(seconds);
    }

    private Duration fault() {
        return duration().compareTo(MAX_FAULT) < 0 ? duration() : MAX_FAULT;
    }

    private void makeUnreadable(HabitsWorld world, ApiDatabase database, VpsRecord vps) {
        database.vpss().makeUnreadable(vps.vps()::equals);
        world.time.after(fault(), () -> database.vpss().makeUnreadable(any -> false));
    }

    private void makeAllUnreadable(HabitsWorld world, ApiDatabase database) {
        database.vpss().makeUnreadable(any -> true);
        world.time.after(fault(), () -> database.vpss().makeUnreadable(any -> false));
    }

    @Override
    public String toString() {
        return kind + " " + which + ", " + seconds + " s";
    }
}
