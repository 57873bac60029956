package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The files that dnsmasq reads again on SIGHUP: names, and reservations; and derived from the names, for which of them no
 * other resolver is asked.
 *
 * <p>Immutable text, made of values that cannot hold a separator or a line end. Written whole and renamed into place, so
 * that dnsmasq never reads half a file; not forced to disk, because both are derived and written anew at every start.
 *
 * @param hosts the text of {@code dnsmasq.hosts}: {@code 10.15.3.20 vps-1}
 * @param dhcpHosts the text of {@code dnsmasq.dhcp-hosts}: {@code 02:00:00:00:00:01,id:*,10.15.3.20,vps-1}
 */
record HostFiles(String hosts, String dhcpHosts) {
    /** dnsmasq(8), --dhcp-host: the words for ignored clients and for lease times. */
    private static final Pattern OTHER_WORDS = Pattern.compile("ignore|infinite|[0-9]+[wdhms]?");

    /** RFC 3696, section 2: a top-level domain is alphabetic, except for the encoded ones. */
    private static final Pattern MAY_BE_TOP_LEVEL = Pattern.compile("[a-z]+|xn--.*");

    /** Lets somebody read a file that has been written. */
    @FunctionalInterface
    interface Access {
        void grant(Path file) throws IOException;
    }

    /** Sorted by address, so that equal entries give equal files whatever order they came in. */
    static HostFiles of(DnsmasqHosts all) {
        StringBuilder hosts = new StringBuilder(all.entries().size() * 32);
        StringBuilder dhcpHosts = new StringBuilder(all.entries().size() * 56);
        all.entries().stream().sorted(Comparator.comparing(HostEntry::address)).forEach(entry -> {
            entry.name().ifPresent(name -> hosts.append(entry.address())
                    .append(' ')
                    .append(name)
                    .append('\n'));
            // id:* makes the reservation hold for the MAC whatever client identifier the system sends.
            entry.mac().ifPresent(mac -> dhcpHosts
                    .append(mac)
                    .append(",id:*,")
                    .append(entry.address())
                    .append(entry.name()
                            .filter(HostFiles::isReadAsName)
                            .map(name -> "," + name)
                            .orElse(""))
                    .append('\n'));
        });
        all.withheld().stream().sorted().forEach(address -> withhold(address, dhcpHosts));
        return new HostFiles(hosts.toString(), dhcpHosts.toString());
    }

    /**
     * In a reservation dnsmasq takes some words for something else: {@code ignore} would keep the VPS from its address, and
     * {@code infinite} or {@code 12h} change the time of its lease. Such a VPS does without the name there; it resolves all
     * the same, by the other file.
     */
    private static boolean isReadAsName(DnsLabel name) {
        return !OTHER_WORDS.matcher(name.text()).matches();
    }

    /** With "ignore" nobody gets the address, not even who sends this client identifier or asks under this name. */
    private static void withhold(Ipv4Address address, StringBuilder dhcpHosts) {
        dhcpHosts
                .append("id:withheld-")
                .append(address.toString().replace('.', '-'))
                .append(',')
                .append(address)
                .append(",ignore\n");
    }

    /**
     * The text of {@code dnsmasq.local-names}: {@code server=/vps-1/}. dnsmasq by itself answers a bare name for A and AAAA
     * only, and asks upstream for all other types; "no such name" from there hides the VPS from who asked. Left out is what may
     * be a top-level domain: all names below it would be cut off.
     */
    String localNames() {
        return hosts.lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .filter(name -> !MAY_BE_TOP_LEVEL.matcher(name).matches())
                .distinct()
                .map(name -> "server=/" + name + "/\n")
                .collect(Collectors.joining());
    }

    /** Whether a name of the others has gone, or has another address here. */
    boolean contradicts(HostFiles earlier) {
        if (hosts.equals(earlier.hosts)) {
            return false;
        }
        Set<String> now = hosts.lines().collect(Collectors.toSet());
        return !earlier.hosts.lines().allMatch(now::contains);
    }

    /**
     * Puts the files in place.
     *
     * @param access for who is to read them
     * @throws IOException when a file cannot be written; each file is then either the old or the new one, whole
     */
    void write(DnsmasqSettings settings, Access access) throws IOException {
        replace(settings.localNamesFile(), localNames(), access);
        replace(settings.hostsFile(), hosts, access);
        replace(settings.dhcpHostsFile(), dhcpHosts, access);
    }

    /**
     * Whether the disk holds exactly these files.
     *
     * @throws UncheckedIOException when a file is there but cannot be read
     */
    boolean matches(DnsmasqSettings settings) {
        return hosts.equals(read(settings.hostsFile()))
                && localNames().equals(read(settings.localNamesFile()))
                && dhcpHosts.equals(read(settings.dhcpHostsFile()));
    }

    /**
     * Writes a text file by temporary file and rename. One that holds the text already is left alone: for that there is space
     * on a full disk, too.
     */
    static void replace(Path file, String text, Access access) throws IOException {
        if (holds(file, text)) {
            access.grant(file);
            return;
        }
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.writeString(temporary, text, StandardCharsets.US_ASCII);
        access.grant(temporary);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean holds(Path file, String text) {
        try {
            return text.equals(read(file));
        } catch (UncheckedIOException unreadable) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            // Not US_ASCII: a file that somebody edited may hold anything, and is then simply different.
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException missing) {
            return null;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
