package cloud.obiente.vpsgateway.net;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One of several equal parts of a pool that gateways have in common. Which addresses it is follows from the pool and these
 * two numbers alone, never from what one gateway knows (its own addresses, its resolvers), so that all gateways divide alike.
 *
 * @param part which one, from 1
 * @param parts how many there are; not below {@code part}
 */
public record PoolShare(int part, int parts) {
    /** The whole pool: nobody else has a part of it. */
    public static final PoolShare WHOLE = new PoolShare(1, 1);

    private static final Pattern FORM = Pattern.compile("(\\d{1,5})/(\\d{1,5})");
    private static final String EXPECTED =
            "a part and how many there are, such as 2/3 for the second of three equal parts";

    /** @throws IllegalArgumentException when there is no such part */
    public PoolShare {
        if (part < 1 || part > parts) {
            throw new IllegalArgumentException("'" + part + "/" + parts + "' is no part (expected: 1/" + parts + " to "
                    + parts + "/" + parts + ")");
        }
    }

    /**
     * Reads a text such as {@code 2/3}.
     *
     * @throws InvalidValueException when it is anything else
     */
    public static PoolShare parse(String text) {
        return Stream.of(FORM.matcher(text))
                .filter(Matcher::matches)
                .filter(form -> number(form, 1) >= 1 && number(form, 1) <= number(form, 2))
                .map(form -> new PoolShare(number(form, 1), number(form, 2)))
                .findFirst()
                .orElseThrow(() -> new InvalidValueException(text, EXPECTED));
    }

    private static int number(Matcher form, int group) {
        return Integer.parseInt(form.group(group));
    }

    /** Whether nobody else has a part. */
    public boolean isWhole() {
        return parts == 1;
    }

    /**
     * The addresses of this part. All parts of a pool are disjoint, together the pool, and differ by one address at most;
     * they follow each other in the order of their numbers.
     *
     * @return empty when the pool has fewer addresses than parts
     */
    public Optional<Ipv4Range> of(Ipv4Range pool) {
        long size = pool.size();
        if (size < parts) {
            return Optional.empty();
        }
        return Optional.of(new Ipv4Range(
                pool.first().plus((int) (size * (part - 1) / parts)),
                pool.first().plus((int) (size * part / parts - 1))));
    }

    @Override
    public String toString() {
        return part + "/" + parts;
    }
}
