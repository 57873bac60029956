package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;

/**
 * What one source's lists say of one allocation, as of its last list.
 *
 * @param word what the last list says
 * @param since when the first of the lists came that have said so without interruption
 * @param lists how many of them there were, counted up to {@link #MAX_COUNTED}
 * @param everNamed whether any list of this source has named exactly this allocation
 */
public record SourceListing(Word word, Instant since, int lists, boolean everNamed) {
    /** More than two lists of one opinion are no better evidence than two, and each number costs a write. */
    public static final int MAX_COUNTED = 2;

    /** What a list says of an allocation. */
    public enum Word {
        /** It names the VPS with this address. */
        NAMED,
        /** It names the VPS, but with another address or another kind of address only. */
        VPS_NAMED,
        /** It does not name the VPS. */
        OMITTED
    }

    static SourceListing first(Word word, Instant at) {
        return new SourceListing(word, at, 1, word == Word.NAMED);
    }

    /** After one more list; the same object where nothing is worth noting down. */
    SourceListing next(Word said, Instant at) {
        if (said != word) {
            return new SourceListing(said, at, 1, everNamed || said == Word.NAMED);
        }
        return lists < MAX_COUNTED ? new SourceListing(word, since, lists + 1, everNamed) : this;
    }
}
