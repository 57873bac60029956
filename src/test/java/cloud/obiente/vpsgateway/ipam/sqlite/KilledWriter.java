package cloud.obiente.vpsgateway.ipam.sqlite;

import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.BindCommand;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.ReleaseCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A process that changes allocations until it is killed. It says each thing before it asks for it and after it was
 * answered, one line each:
 *
 * <pre>
 * ask VPS release | ask VPS allocate MAC | ask VPS bind MAC ADDRESS
 * now VPS ADDRESS MAC | now VPS none none | same VPS
 * </pre>
 */
final class KilledWriter {
    static final IpamSettings SETTINGS = new IpamSettings(
            new AddressPool(new Ipv4Range(Ipv4Address.parse("10.0.0.1"), Ipv4Address.parse("10.0.0.120")), Set.of()),
            Duration.ofMinutes(1));
    private static final int THREADS = 8;
    private static final int VPSES_PER_THREAD = 12;
    private static final Caller CALLER = Caller.of("killed");

    private final Ipam ipam;
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    private KilledWriter(Ipam ipam) {
        this.ipam = ipam;
    }

    /** Arguments: database file, seed. */
    public static void main(String[] args) {
        Ipam ipam = Ipam.open(SETTINGS, SqliteAllocationStore.open(Path.of(args[0])), Clock.systemUTC(), Thread::new);
        KilledWriter writer = new KilledWriter(ipam);
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            Random random = new Random(Long.parseLong(args[1]) * THREADS + number);
            new Thread(() -> writer.changeForever(number, random)).start();
        }
    }

    private void changeForever(int number, Random random) {
        while (true) {
            int index = number * VPSES_PER_THREAD + random.nextInt(VPSES_PER_THREAD);
            VpsId vps = VpsId.parse("vps-" + index);
            MacAddress mac = new MacAddress(0x020000000000L + index * 4L + random.nextInt(4));
            switch (random.nextInt(3)) {
                case 0 -> release(vps);
                case 1 -> allocate(vps, mac);
                default -> bind(vps, mac, SETTINGS.pool().range().first().plus(random.nextInt(120)));
            }
        }
    }

    private void release(VpsId vps) {
        say("ask " + vps + " release");
        boolean done = isDone(ipam.submit(CALLER, new ReleaseCommand(vps, Optional.empty()), Cancellation.NONE));
        say(done ? "now " + vps + " none none" : "same " + vps);
    }

    private void allocate(VpsId vps, MacAddress mac) {
        say("ask " + vps + " allocate " + mac);
        tell(
                vps,
                ipam.submit(
                        CALLER,
                        new AllocateCommand(vps, OrganizationId.UNKNOWN, Optional.of(mac), Optional.empty()),
                        Cancellation.NONE));
    }

    private void bind(VpsId vps, MacAddress mac, Ipv4Address address) {
        say("ask " + vps + " bind " + mac + " " + address);
        tell(vps, ipam.submit(CALLER, new BindCommand(vps, OrganizationId.UNKNOWN, mac, address), Cancellation.NONE));
    }

    private void tell(VpsId vps, CompletionStage<Outcome<Allocation>> answer) {
        Outcome<Allocation> outcome = answer.toCompletableFuture().join();
        if (outcome instanceof Outcome.Done<Allocation> done) {
            say("now " + vps + " " + done.value().address() + " "
                    + done.value().mac().orElseThrow());
        } else {
            say("same " + vps);
        }
    }

    private static <T> boolean isDone(CompletionStage<Outcome<T>> answer) {
        return answer.toCompletableFuture().join() instanceof Outcome.Done;
    }

    /** In one write, so that a line is torn only where the kernel tears it. */
    private synchronized void say(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException nobodyListens) {
            throw new UncheckedIOException(nobodyListens);
        }
    }
}
