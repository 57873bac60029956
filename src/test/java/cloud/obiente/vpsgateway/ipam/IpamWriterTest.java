package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.address;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.answer;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.done;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.mac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IpamWriterTest {
    @TempDir
    Path directory;

    private IpamFixture ipam;

    @BeforeEach
    void open() {
        ipam = new IpamFixture(directory, pool("10.0.0.1", "10.0.1.254"));
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void twoHundredCallersAtOnceGetTwoHundredAddresses() throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<CompletionStage<Outcome<Allocation>>> answers = Collections.synchronizedList(new ArrayList<>());
        ExecutorService callers = Executors.newFixedThreadPool(20);
        CountDownLatch asked = new CountDownLatch(200);
        for (int i = 0; i < 200; i++) {
            String vps = "vps-" + i;
            callers.execute(() -> {
                awaitUninterruptibly(start);
                answers.add(ipam.allocating(vps, "", "", ""));
                asked.countDown();
            });
        }
        start.countDown();
        asked.await();
        callers.shutdown();

        assertThat(answers.stream().map(stage -> address(answer(stage))).distinct())
                .hasSize(200);
        List<Allocation> live = ipam.snapshot().all();
        assertThat(live).hasSize(200);
        assertThat(ipam.reopened().snapshot().all()).isEqualTo(live);
    }

    @Test
    void commandsThatGatherDuringACommitShareTheNext() {
        CompletionStage<Outcome<Allocation>> first = ipam.holdTheWriter();
        List<CompletionStage<Outcome<Allocation>>> gathered = ipam.allocatingMany(200);
        ipam.store().letGo();
        answer(first);
        gathered.forEach(stage -> done(answer(stage)));
        assertThat(ipam.store().commits()).hasSize(2);
        assertThat(ipam.store().commits().get(1).events()).hasSize(200);
    }

    @Test
    void aRoundHasALargestSize() {
        ipam.holdTheWriter();
        List<CompletionStage<Outcome<Allocation>>> gathered = ipam.allocatingMany(300);
        ipam.store().letGo();
        gathered.forEach(stage -> done(answer(stage)));
        assertThat(ipam.store().commits())
                .extracting(batch -> batch.events().size())
                .containsExactly(1, 256, 44);
    }

    @Test
    void nothingIsSeenOrAnsweredBeforeItIsDurable() {
        CompletionStage<Outcome<Allocation>> first = ipam.holdTheWriter();
        CompletionStage<Outcome<Allocation>> repeat = ipam.allocating("first", "", "", "");
        assertThat(first.toCompletableFuture()).isNotDone();
        assertThat(repeat.toCompletableFuture()).isNotDone();
        assertThat(ipam.snapshot().all()).isEmpty();
        ipam.store().letGo();
        assertThat(done(answer(first))).isEqualTo(done(answer(repeat)));
        assertThat(ipam.snapshot().all()).hasSize(1);
    }

    @Test
    void aFailedCommitIsTakenBackAndTheNextSucceeds() {
        ipam.bind("a", mac(1), "10.0.0.1");
        ipam.allocate("b");
        ipam.release("b", "");
        List<Allocation> before = ipam.snapshot().all();
        List<ReleasedAddress> releasedBefore = ipam.snapshot().released();

        ipam.store().hold();
        List<CompletionStage<? extends Outcome<?>>> answers = new ArrayList<>();
        answers.add(ipam.allocating("c", "", mac(3), ""));
        ipam.store().awaitHeldCommit();
        answers.add(ipam.ipam()
                .submit(IpamFixture.CALLER, new ReleaseCommand(VpsId.parse("a"), Optional.empty()), Cancellation.NONE));
        answers.add(ipam.allocating("d", "", mac(1), "10.0.0.1"));
        answers.add(ipam.allocating("e", "", "", "192.168.0.1"));
        ipam.store().failCommits(true);
        ipam.store().letGo();

        for (CompletionStage<? extends Outcome<?>> stage : answers) {
            Refusal refusal = refusal(answer(stage));
            assertThat(refusal.reason()).isEqualTo(RefusalReason.STORE_UNAVAILABLE);
            assertThat(refusal.message()).contains("nothing was changed", "retry", "the disk is on fire");
        }
        assertThat(ipam.snapshot().all()).isEqualTo(before);
        assertThat(ipam.snapshot().released()).isEqualTo(releasedBefore);
        assertThat(ipam.ipam().storeFault()).contains("the disk is on fire");

        ipam.store().failCommits(false);
        assertThat(address(ipam.allocate("c", "", mac(3), ""))).isEqualTo("10.0.0.3");
        assertThat(ipam.ipam().storeFault()).isEmpty();
        List<Allocation> live = ipam.snapshot().all();
        assertThat(ipam.reopened().snapshot().all()).isEqualTo(live);
    }

    @Test
    void everyChangeIsAuditedWithItsCallerAndCommand() {
        ipam.allocate("a");
        ipam.allocate("a");
        ipam.bind("a", mac(1), "10.0.0.9");
        ipam.release("a", "");
        assertThat(ipam.store().commits().stream().flatMap(batch -> batch.events().stream()))
                .extracting(event -> event.caller() + " " + event.action() + " "
                        + event.change().subject().vps() + " " + event.detail())
                .containsExactly(
                        "test ALLOCATE a allocated",
                        "test BIND a address was '10.0.0.1', MAC was 'none'",
                        "test RELEASE a released");
    }

    @Test
    void listenersSeePublishedChangesBeforeTheCallerDoes() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        ipam.tell(changes ->
                changes.forEach(change -> seen.add(Thread.currentThread().getName() + " "
                        + ipam.snapshot().at(change.subject().address()).isPresent())));
        CompletionStage<String> atAnswer =
                ipam.allocating("a", "", "", "").thenApply(outcome -> String.join(",", seen));
        assertThat(answer(atAnswer)).isEqualTo("ipam-writer true");
    }

    @Test
    void listenersKnowWhatIsHeldBeforeTheFirstChange() {
        ipam.allocate("a");
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        ipam.tell(new AllocationListener() {
            @Override
            public void loaded(Collection<Allocation> held) {
                held.forEach(allocation -> told.add("held by " + allocation.vps()));
            }

            @Override
            public void changed(List<AllocationChange> changes) {
                changes.forEach(
                        change -> told.add("changed for " + change.subject().vps()));
            }
        });
        ipam.allocate("b");
        assertThat(told).containsExactly("held by a", "changed for b");
    }

    @Test
    void listenersAreNotToldOfNothing() {
        ipam.allocate("a");
        List<AllocationChange> seen = Collections.synchronizedList(new ArrayList<>());
        ipam.tell(seen::addAll);
        ipam.allocate("a");
        ipam.release("b", "");
        assertThat(seen).isEmpty();
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        List<AllocationChange> seen = Collections.synchronizedList(new ArrayList<>());
        ipam.tell(
                changes -> {
                    throw new AssertionError("bad listener");
                },
                seen::addAll);
        done(ipam.allocate("a"));
        done(ipam.allocate("b"));
        assertThat(seen).hasSize(2);
        assertThat(ipam.ipam().isRunning()).isTrue();
    }

    @Test
    void aDecisionThatThrowsFailsItsCallerOnly() {
        CompletionStage<Outcome<Allocation>> first = ipam.holdTheWriter();
        CompletionStage<Outcome<Allocation>> bad = ipam.ipam().submit(IpamFixture.CALLER, command("bad"), () -> {
            throw new IllegalStateException("no idea");
        });
        CompletionStage<Outcome<Allocation>> good = ipam.allocating("good", "", "", "");
        ipam.store().letGo();
        done(answer(first));
        done(answer(good));
        assertThatThrownBy(() -> answer(bad))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("no idea");
        assertThat(ipam.snapshot().all()).hasSize(2);
    }

    @Test
    void aCallerThatHasGoneGetsNothingDone() {
        Outcome<Allocation> outcome = answer(ipam.ipam().submit(IpamFixture.CALLER, command("gone"), () -> true));
        assertThat(refusal(outcome).reason()).isEqualTo(RefusalReason.ABANDONED);
        assertThat(ipam.snapshot().all()).isEmpty();
        assertThat(ipam.store().commits()).isEmpty();
    }

    @Test
    void aFullQueueIsAnAnswer() {
        CompletionStage<Outcome<Allocation>> first = ipam.holdTheWriter();
        List<CompletionStage<Outcome<Allocation>>> waiting = IntStream.range(0, IpamWriter.MAX_QUEUE_LENGTH)
                .mapToObj(i -> ipam.allocating("first", "", "", ""))
                .toList();
        assertThat(ipam.ipam().queued()).isEqualTo(IpamWriter.MAX_QUEUE_LENGTH);
        assertThat(refusal(ipam.allocate("one-more")).reason()).isEqualTo(RefusalReason.OVERLOADED);
        ipam.store().letGo();
        done(answer(first));
        waiting.forEach(stage -> done(answer(stage)));
    }

    @Test
    void callersCannotAnswerThemselves() {
        ipam.holdTheWriter();
        CompletionStage<Outcome<Allocation>> real = ipam.allocating("a", "", "", "");
        real.toCompletableFuture().cancel(true);
        ipam.store().letGo();
        assertThat(done(answer(real)).vps()).hasToString("a");
    }

    private static AllocateCommand command(String vps) {
        return new AllocateCommand(VpsId.parse(vps), OrganizationId.UNKNOWN, Optional.empty(), Optional.empty());
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
