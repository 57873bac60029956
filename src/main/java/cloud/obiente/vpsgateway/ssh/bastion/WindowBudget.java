package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ssh.HeldBytes;

/**
 * What the windows of all channels may be together: the bytes that clients have been granted and VPSs have not taken yet,
 * sent or not. A grant cannot be taken back (RFC 4254 section 5.2), so it is given out as if all were used at once.
 *
 * <p>Half of the budget is set aside for floors: each channel that there may ever be has its own, and always gets it. The
 * rest is for growth. A window may grow by a fraction of what is left of it, so whoever comes first leaves some to whoever
 * comes next, and the more there are, the smaller are the shares (Choudhury and Hahne, "Dynamic queue length thresholds for
 * shared-memory packet switches", 1998). What else the tunnels hold is not there to be granted.
 *
 * <p>Any thread, under its monitor.
 */
final class WindowBudget {
    /** A window that still carries a session, if slowly: some 200 KiB a second at 10 ms. */
    static final int LEAST_FLOOR_BYTES = 2 << 10;

    static final int MOST_FLOOR_BYTES = 32 << 10;
    /** One window grows by a sixteenth of what is left at most. */
    private static final int SHARE = 16;

    private final HeldBytes held;
    private final int floor;
    private final long places;
    private final long forGrowth;
    private long taken;
    private long grown;
    private long granted;

    /**
     * @param bytes the budget
     * @param channels at once; fewer where the budget has no {@value #LEAST_FLOOR_BYTES} bytes for each
     * @param held by all tunnels, whosoever they are
     */
    WindowBudget(long bytes, int channels, HeldBytes held) {
        long forFloors = bytes / 2;
        this.held = held;
        this.floor = (int) Math.max(LEAST_FLOOR_BYTES, Math.min(forFloors / channels, MOST_FLOOR_BYTES));
        this.places = Math.min(channels, forFloors / floor);
        this.forGrowth = bytes - places * floor;
    }

    /** What a channel gets whatever the others have, once its VPS has taken everything. */
    int floor() {
        return floor;
    }

    /** Takes the floor of one more channel; false when there is none left. */
    synchronized boolean enter() {
        if (taken == places) {
            return false;
        }
        taken++;
        return true;
    }

    /**
     * A channel is gone, and its client sends nothing more.
     *
     * @param window what it had been granted and its VPS had not taken
     * @param unsent the part of it that had not come
     */
    synchronized void leave(int window, int unsent) {
        taken--;
        shrink(window, window);
        held.promise(-unsent);
    }

    /** The VPS has taken bytes of a window that was so large before. */
    synchronized void shrink(int window, int bytes) {
        granted -= bytes;
        grown -= beyondFloor(window) - beyondFloor(window - bytes);
    }

    /** Bytes of a window have come, and are counted where they are held. */
    void arrived(int bytes) {
        held.promise(-bytes);
    }

    /**
     * Makes a window larger, unless that is hardly worth a message.
     *
     * @param window its size
     * @param wanted the size it should have
     * @return what it has grown by
     */
    synchronized int refill(int window, int wanted) {
        long elsewhere = Math.max(0, held.committed() - granted);
        long left = Math.max(0, forGrowth - grown - elsewhere);
        int size = (int) Math.min(wanted, floor + left / SHARE);
        if (window > size / 2) {
            return 0;
        }
        int more = size - window;
        grown += beyondFloor(size) - beyondFloor(window);
        granted += more;
        held.promise(more);
        return more;
    }

    private int beyondFloor(int window) {
        return Math.max(0, window - floor);
    }

    /** What all windows are together. */
    synchronized long granted() {
        return granted;
    }
}
