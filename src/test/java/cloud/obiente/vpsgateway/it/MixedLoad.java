package cloud.obiente.vpsgateway.it;

import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * Several callers who allocate, rebind, bind, release and sync without pause, each its own VPSs, and keep a ledger of it.
 * A caller ends with its first call that is not answered.
 */
final class MixedLoad implements AutoCloseable {
    private static final int CALLERS = 4;
    private static final int VPSS_EACH = 10;
    private static final int FIRST_BOUND = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final Api api;
    private final Ledger ledger;
    private final List<Caller> callers;
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    private final List<CompletableFuture<Void>> ends = new ArrayList<>();
    /** A sync speaks for all VPSs, so it runs alone; all other calls share. */
    private final ReadWriteLock turns = new ReentrantReadWriteLock();

    private volatile boolean stopped;

    MixedLoad(Api api, Ledger ledger, Random random) {
        this.api = api;
        this.ledger = ledger;
        this.callers = IntStream.range(0, CALLERS)
                .mapToObj(number -> new Caller(number, new Random(random.nextLong())))
                .toList();
    }

    MixedLoad start() {
        callers.forEach(caller -> ends.add(CompletableFuture.runAsync(caller, threads)));
        return this;
    }

    /** Waits until that many more changes have been answered. */
    void awaitAnswers(int more) {
        int enough = ledger.answers() + more;
        await("answers").atMost(TIMEOUT).pollInterval(Duration.ofMillis(2)).until(() -> {
            ends.stream().filter(CompletableFuture::isCompletedExceptionally).forEach(CompletableFuture::join);
            return ledger.answers() >= enough;
        });
    }

    /** Does something while no call is under way. */
    void betweenCalls(Runnable action) {
        turns.writeLock().lock();
        try {
            action.run();
        } finally {
            turns.writeLock().unlock();
        }
    }

    /** Whether every caller still gets answers. */
    boolean isServed() {
        return ends.stream().noneMatch(CompletableFuture::isDone);
    }

    /** Lets each caller finish its call. Fails with what a caller failed with, unanswered calls excepted. */
    @Override
    public void close() {
        stopped = true;
        threads.shutdown();
        ends.forEach(CompletableFuture::join);
    }

    private final class Caller implements Runnable {
        private final int number;
        private final Random random;

        Caller(int number, Random random) {
            this.number = number;
            this.random = random;
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    if (random.nextInt(20) == 0) {
                        betweenCalls(this::sync);
                    } else {
                        sharing(this::changeOne);
                    }
                }
            } catch (StatusRuntimeException unanswered) {
                if (unanswered.getStatus().getCode() != Code.UNAVAILABLE) {
                    throw unanswered;
                }
            }
        }

        private void sharing(Runnable call) {
            turns.readLock().lock();
            try {
                call.run();
            } finally {
                turns.readLock().unlock();
            }
        }

        private void changeOne() {
            int which = random.nextInt(VPSS_EACH);
            Optional<Holding> held = ledger.of(vps(which));
            switch (random.nextInt(3)) {
                case 0 -> held.ifPresentOrElse(this::release, () -> allocate(which));
                case 1 -> held.ifPresentOrElse(holding -> rebind(which, holding), () -> allocate(which));
                default -> bind(which);
            }
        }

        private void allocate(int which) {
            MacAddress mac = mac(which);
            ledger.asked(
                    vps(which),
                    result -> result.map(Holding::mac).filter(mac::equals).isPresent());
            Ipv4Address address = api.allocate(vps(which), mac);
            ledger.answered(vps(which), Optional.of(new Holding(vps(which), address, mac)));
        }

        private void rebind(int which, Holding held) {
            Optional<Holding> rebound = Optional.of(new Holding(held.vps(), held.address(), mac(which)));
            ledger.asked(held.vps(), rebound::equals);
            api.allocate(held.vps(), rebound.get().mac());
            ledger.answered(held.vps(), rebound);
        }

        private void release(Holding held) {
            ledger.asked(held.vps(), Optional::isEmpty);
            api.release(held.vps());
            ledger.answered(held.vps(), Optional.empty());
        }

        private void bind(int which) {
            Holding bound = new Holding(vps(which), ownAddress(which), mac(which));
            Optional<Holding> before = ledger.of(vps(which));
            ledger.asked(vps(which), Optional.of(bound)::equals);
            try {
                api.bind(bound.vps(), bound.mac(), bound.address());
                ledger.answered(vps(which), Optional.of(bound));
            } catch (StatusRuntimeException refusal) {
                // The pool may have given the address to somebody else: then nothing has changed.
                if (refusal.getStatus().getCode() != Code.ALREADY_EXISTS) {
                    throw refusal;
                }
                ledger.answered(vps(which), before);
            }
        }

        /** All VPSs as they are, and one of ours that has nothing, with an address that nobody has. */
        private void sync() {
            Map<String, Optional<Holding>> wanted = ledger.all();
            int which = random.nextInt(VPSS_EACH);
            Holding more = new Holding(vps(which), ownAddress(which), mac(which));
            if (wanted.getOrDefault(more.vps(), Optional.empty()).isEmpty()
                    && wanted.values().stream().flatMap(Optional::stream).noneMatch(held -> held.address()
                            .equals(more.address()))) {
                wanted.put(more.vps(), Optional.of(more));
            }
            wanted.forEach((vps, holding) -> ledger.asked(vps, holding::equals));
            boolean success = api.sync(wanted.values().stream()
                            .flatMap(Optional::stream)
                            .map(Api::desired)
                            .toList())
                    .getSuccess();
            if (!success) {
                throw new AssertionError("a list that can be honoured was not");
            }
            wanted.forEach(ledger::answered);
        }

        private String vps(int which) {
            return "vps-" + (number * VPSS_EACH + which);
        }

        /** One of the two NICs that this VPS may have. */
        private MacAddress mac(int which) {
            return MacAddress.parse("02:00:00:00:%02x:%02x".formatted(random.nextInt(2), number * VPSS_EACH + which));
        }

        private Ipv4Address ownAddress(int which) {
            return Ipv4Address.parse("10.15.3." + (FIRST_BOUND + number * VPSS_EACH + which));
        }
    }
}
