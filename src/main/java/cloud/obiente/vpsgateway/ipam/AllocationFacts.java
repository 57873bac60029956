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
public record AllocationFacts(
        Origin origin,
        long revision,
        Instant touchedAt,
        Optional<Instant> vouchedAt,
        Optional<Instant> deniedSince,
        Optional<Instant> seenAt,
        Map<ListSource, SourceListing> listings) {

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

    public AllocationFacts {
        listings = Map.copyOf(listings);
    }

    public static AllocationFacts made(Origin origin, Instant at) {
        return new AllocationFacts(origin, 0, at, Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    }

    /** A command that was no list has been about it: what had been said against it before is outdated. */
    AllocationFacts touched(Origin asked, long newRevision, Instant at) {
        return new AllocationFacts(
                origin == Origin.LISTED ? asked : origin,
                newRevision,
                at,
                vouchedAt,
                Optional.empty(),
                seenAt,
                listings);
    }

    /** The same VPS on another address, which no list has named yet. */
    public AllocationFacts moved() {
        Map<ListSource, SourceListing> others = new HashMap<>();
        listings.forEach((source, listing) -> others.put(
                source,
                new SourceListing(
                        listing.word() == SourceListing.Word.OMITTED
                                ? SourceListing.Word.OMITTED
                                : SourceListing.Word.VPS_NAMED,
                        listing.since(),
                        listing.lists(),
                        false)));
        return new AllocationFacts(origin, revision, touchedAt, vouchedAt, deniedSince, seenAt, others);
    }

    /** After one more list of that source; the same object where nothing is worth noting down. */
    public AllocationFacts listed(ListSource source, SourceListing.Word word, Instant at) {
        SourceListing before = listings.get(source);
        SourceListing now = before == null ? SourceListing.first(word, at) : before.next(word, at);
        boolean clearsDenial = word != SourceListing.Word.OMITTED && deniedSince.isPresent();
        if (now.equals(before) && !clearsDenial) {
            return this;
        }
        Map<ListSource, SourceListing> all = new HashMap<>(listings);
        all.put(source, now);
        return new AllocationFacts(
                origin, revision, touchedAt, vouchedAt, clearsDenial ? Optional.empty() : deniedSince, seenAt, all);
    }

    /** The API has answered that the MAC is this VPS's. */
    public AllocationFacts vouched(Instant at) {
        return new AllocationFacts(origin, revision, touchedAt, Optional.of(at), Optional.empty(), seenAt, listings);
    }

    /** The API has answered that the MAC is nobody's; the first such answer counts. */
    public AllocationFacts denied(Instant at) {
        return new AllocationFacts(
                origin, revision, touchedAt, vouchedAt, Optional.of(deniedSince.orElse(at)), seenAt, listings);
    }

    /** The VPS uses the address. */
    public AllocationFacts seen(Instant at) {
        return new AllocationFacts(origin, revision, touchedAt, vouchedAt, deniedSince, Optional.of(at), listings);
    }

    public Optional<SourceListing> listing(ListSource source) {
        return Optional.ofNullable(listings.get(source));
    }

    /** Whether any list has ever named exactly this allocation. */
    public boolean wasEverListed() {
        return listings.values().stream().anyMatch(SourceListing::everNamed);
    }
}
