package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of an allocation beside who holds it: enough to judge, after any restart, what a list may do to it.
 *
 * @param origin how it came to be
 * @param revision of the last command about it that was no list ({@link IpamSnapshot#revision}); zero when there was none
 *     since the store was made or upgraded
 * @param touchedAt when such a command was last about it, or else when it was made
 * @param vouchedAt when the API last answered that the MAC is this VPS's
 * @param deniedSince when the API first answered that the MAC is nobody's, or another VPS's, without having named the VPS since
 * @param seenAt when the VPS was last seen using the address, to within an hour
 * @param listings what the lists of each source say
 */
public record Facts(
        Origin origin,
        long revision,
        Instant touchedAt,
        Optional<Instant> vouchedAt,
        Optional<Instant> deniedSince,
        Optional<Instant> seenAt,
        Map<ListSource, Listing> listings) {

    /** How an allocation came to be. */
    public enum Origin {
        /** The API asked for it by a call. */
        API,
        /** A list of the API's names it. */
        LISTED,
        /** The API answered whose a MAC is, and this gateway gave the address by itself. */
        ADOPTED,
        /** It was found in the files of an earlier gateway. */
        IMPORTED
    }

    public Facts {
        listings = Map.copyOf(listings);
    }

    public static Facts made(Origin origin, Instant at) {
        return new Facts(origin, 0, at, Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    }

    /** A command that was no list has been about it: what had been said against it before is outdated. */
    Facts touched(Origin asked, long newRevision, Instant at) {
        return new Facts(
                origin == Origin.LISTED ? asked : origin,
                newRevision,
                at,
                vouchedAt,
                Optional.empty(),
                seenAt,
                listings);
    }

    /** The same VPS on another address, which no list has named yet. */
    public Facts moved() {
        Map<ListSource, Listing> others = new HashMap<>();
        listings.forEach((source, listing) -> others.put(
                source,
                new Listing(
                        listing.word() == Listing.Word.OMITTED ? Listing.Word.OMITTED : Listing.Word.VPS_NAMED,
                        listing.since(),
                        listing.lists(),
                        false)));
        return new Facts(origin, revision, touchedAt, vouchedAt, deniedSince, seenAt, others);
    }

    /** After one more list of that source; the same object where nothing is worth noting down. */
    public Facts listed(ListSource source, Listing.Word word, Instant at) {
        Listing before = listings.get(source);
        Listing now = before == null ? Listing.first(word, at) : before.next(word, at);
        boolean clearsDenial = word != Listing.Word.OMITTED && deniedSince.isPresent();
        if (now.equals(before) && !clearsDenial) {
            return this;
        }
        Map<ListSource, Listing> all = new HashMap<>(listings);
        all.put(source, now);
        return new Facts(
                origin, revision, touchedAt, vouchedAt, clearsDenial ? Optional.empty() : deniedSince, seenAt, all);
    }

    /** The API has answered that the MAC is this VPS's. */
    public Facts vouched(Instant at) {
        return new Facts(origin, revision, touchedAt, Optional.of(at), Optional.empty(), seenAt, listings);
    }

    /** The API has answered that the MAC is nobody's; the first such answer counts. */
    public Facts denied(Instant at) {
        return new Facts(origin, revision, touchedAt, vouchedAt, Optional.of(deniedSince.orElse(at)), seenAt, listings);
    }

    /** The VPS uses the address. */
    public Facts seen(Instant at) {
        return new Facts(origin, revision, touchedAt, vouchedAt, deniedSince, Optional.of(at), listings);
    }

    public Optional<Listing> listing(ListSource source) {
        return Optional.ofNullable(listings.get(source));
    }

    /** Whether any list has ever named exactly this allocation. */
    public boolean wasEverListed() {
        return listings.values().stream().anyMatch(Listing::everNamed);
    }
}
