package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.child.Launcher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * As whom dnsmasq runs. Where we are root it is a user and a group that nobody else is, with the three capabilities that it
 * needs: VPSs speak to it, and the allocations and secrets beside its files are not its business. Where that cannot be
 * (no capability to change users, a parent directory that only root may pass), it runs as we do, and that is said.
 *
 * <p>Its files stay ours, and get its group. Confined to the supervisor thread.
 */
final class Confinement {
    private static final Logger LOG = Logger.getLogger(Confinement.class);

    /**
     * Both user and group: between systemd's last dynamic one (65519) and "nobody" (65534), where neither Debian nor systemd
     * gives numbers away, and within what a container of 65,536 users has.
     */
    static final int ID = 65_531;

    private static final String CAPABILITIES = "-all,+net_admin,+net_bind_service,+net_raw";
    private static final List<String> OPTIONS = List.of(
            "--reuid=" + ID,
            "--regid=" + ID,
            "--clear-groups",
            "--bounding-set=" + CAPABILITIES,
            "--inh-caps=" + CAPABILITIES,
            "--ambient-caps=" + CAPABILITIES);

    /** Reads what dnsmasq will read; of the lease file, if there is one, it must also be the writer. */
    private static final String REHEARSAL = """
            leases=$1; shift
            cat -- "$@" >/dev/null || exit
            [ -z "$leases" ] || [ -w "$leases" ] || { echo "cannot write $leases"; exit 1; }""";

    private static final long REHEARSAL_SECONDS = 5;
    /** Of capabilities(7): without it we could neither signal nor end what runs as another user. */
    private static final int CAP_KILL = 5;

    private final DnsmasqSettings settings;
    private final boolean root;
    private boolean confined;
    private String toldWhyNot = "";

    /** @param ownUid who we are */
    Confinement(DnsmasqSettings settings, int ownUid) {
        this.settings = settings;
        this.root = ownUid == 0;
    }

    DnsmasqConfigFile.Runner runner() {
        return root && !confined ? DnsmasqConfigFile.Runner.ROOT : DnsmasqConfigFile.Runner.SOMEBODY_ELSE;
    }

    /** For setpriv(1). */
    List<String> options() {
        return confined ? OPTIONS : List.of();
    }

    /** Before its files are written: lets it pass into our directory. */
    void prepare() {
        confined = root;
        if (!confined) {
            return;
        }
        try {
            if ((effectiveCapabilities() & 1L << CAP_KILL) == 0) {
                runAsRoot("this process lacks CAP_KILL");
                return;
            }
            letPass(settings.directory());
            letPass(settings.leasesFile().getParent());
            if (settings.servesDhcp() && Files.notExists(settings.leasesFile())) {
                Files.createFile(settings.leasesFile());
            }
        } catch (IOException e) {
            runAsRoot(e.toString());
        }
    }

    /**
     * Lets it read a file that we have written.
     *
     * @throws IOException when that cannot be
     */
    void share(Path file) throws IOException {
        if (confined) {
            give(file, "rw-r-----");
        }
    }

    /** After its files are written: sees, in its place, whether it can use them. */
    void rehearse() {
        if (!confined) {
            return;
        }
        try {
            List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", REHEARSAL, "sh"));
            if (settings.servesDhcp()) {
                give(settings.leasesFile(), "rw-rw----");
            }
            command.add(settings.servesDhcp() ? settings.leasesFile().toString() : "");
            settings.filesToRead().forEach(file -> command.add(file.toString()));
            String complaint = run(command);
            if (!complaint.isEmpty()) {
                runAsRoot(complaint);
            }
        } catch (IOException e) {
            runAsRoot(e.toString());
        }
    }

    private static void letPass(Path directory) throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(directory));
        permissions.add(PosixFilePermission.GROUP_EXECUTE);
        permissions.remove(PosixFilePermission.GROUP_READ);
        permissions.remove(PosixFilePermission.GROUP_WRITE);
        Files.setAttribute(directory, "unix:gid", ID);
        Files.setPosixFilePermissions(directory, permissions);
    }

    private static void give(Path file, String permissions) throws IOException {
        Files.setAttribute(file, "unix:gid", ID);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    /** What went wrong; empty: nothing. */
    private static String run(List<String> command) throws IOException {
        Process process =
                Launcher.tool(OPTIONS, command).redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            if (!process.waitFor(REHEARSAL_SECONDS, TimeUnit.SECONDS)) {
                return "a rehearsal has not ended within " + REHEARSAL_SECONDS + " s";
            }
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0 ? "" : "a rehearsal failed: " + said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        } finally {
            process.destroyForcibly();
        }
    }

    private static long effectiveCapabilities() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .findFirst()
                .map(line -> Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).strip(), 16))
                .orElse(0L);
    }

    private void runAsRoot(String why) {
        confined = false;
        if (!why.equals(toldWhyNot)) {
            toldWhyNot = why;
            LOG.warnf(
                    "dnsmasq runs as root and not as a user of its own: %s (let the user %d pass the directories above"
                            + " %s, and give the gateway SETUID, SETGID, SETPCAP, CHOWN and KILL; or run the gateway itself"
                            + " as another user)",
                    why, ID, settings.directory());
        }
    }
}
