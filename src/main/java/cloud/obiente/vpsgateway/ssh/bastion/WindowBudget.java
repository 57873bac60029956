package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ssh.BufferedBytes;

/**
 * What all channels may hold together. To the VPSs: the bytes that clients have been granted and VPSs have not taken yet,
 * sent or not; a grant cannot be revoked (RFC 4254 section 5.2), so it is given out as if all were used at once. To the
 * clients: what has been read from VPSs.
 *
 * <p>Half of the budget is reserved for minimum windows: each channel that there may ever be has its own, and always gets
 * it. The rest is for growth. A window or a read may take a fraction of what is left of it, so whoever comes first leaves
 * some to whoever comes next, and the more there are, the smaller are the shares (Choudhury and Hahne, "Dynamic queue length
 * thresholds for shared-memory packet switches", 1998). What streams of ProxySSH hold is not there to be given.
 *
 * <p>Any thread, under its monitor.
 */
final class WindowBudget {
    /** A window that still carries a session, if slowly: some 200 KiB a second at a round trip of 10 ms. */
    static final int MIN_WINDOW_BYTES = 2 << 10;

    static final int MAX_MIN_WINDOW_BYTES = 32 << 10;
    /** What may be read for a client that has nothing else to take. */
    static final int MIN_READ_BYTES = 1 << 10;

    private static final int MAX_READ_BYTES = 64 << 10;
    /**
     * One window grows by a sixteenth of what is left at most. A read takes no more, so that those of all event loops at the
     * same moment do not take more than there is.
     */
    private static final int SHARE = 16;

    private final BufferedBytes held;
    private final int minWindow;
    private final long places;
    private final long forGrowth;
    private long taken;
    private long grown;
    private long granted;

    /**
     * @param bytes the budget
     * @param channels at once; fewer where the budget is too small for the smallest minimum windows of all
     * @param held by all tunnels
     */
    WindowBudget(long bytes, int channels, BufferedBytes held) {
        long reserved = bytes / 2;
        long share = reserved / channels - MIN_READ_BYTES;
        this.held = held;
        this.minWindow = (int) Math.max(MIN_WINDOW_BYTES, Math.min(share, MAX_MIN_WINDOW_BYTES));
        this.places = Math.min(channels, reserved / (minWindow + MIN_READ_BYTES));
        this.forGrowth = bytes - places * (minWindow + MIN_READ_BYTES);
    }

    /** What a channel gets whatever the others have, once its VPS has taken everything. */
    int minWindow() {
        return minWindow;
    }

    /** Takes the minimum window of one more channel; false when there is none left. */
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
        grown -= beyondMin(window) - beyondMin(window - bytes);
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
        int size = (int) Math.min(wanted, minWindow + left() / SHARE);
        if (window > size / 2) {
            return 0;
        }
        int more = size - window;
        grown += beyondMin(size) - beyondMin(window);
        granted += more;
        held.promise(more);
        return more;
    }

    /** The most that may be read from a VPS now. */
    synchronized int readCapacity() {
        return (int) Math.max(MIN_READ_BYTES, Math.min(left() / SHARE, MAX_READ_BYTES));
    }

    /** For growth; the windows are no part of what is held elsewhere, whatever of them has been sent. */
    private long left() {
        long elsewhere = Math.max(0, held.committed() - granted);
        return Math.max(0, forGrowth - grown - elsewhere);
    }

    private int beyondMin(int window) {
        return Math.max(0, window - minWindow);
    }

    /** What all windows are together. */
    synchronized long granted() {
        return granted;
    }
}
