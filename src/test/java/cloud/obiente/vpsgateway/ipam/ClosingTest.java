package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.answer;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.done;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosingTest {
    private static final AllocateCommand COMMAND =
            new AllocateCommand(VpsId.parse("a"), OrganizationId.UNKNOWN, Optional.empty(), Optional.empty());

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
    void closeFinishesWhatWaitsAndRefusesWhatComes() {
        ipam.holdTheWriter();
        List<CompletionStage<Outcome<Allocation>>> gathered = ipam.allocatingMany(300);
        Ipam closing = ipam.ipam();
        Thread closer = new Thread(closing::close);
        closer.start();
        ipam.store().letGo();
        gathered.forEach(stage -> done(answer(stage)));
        joinUninterruptibly(closer);
        assertThat(refusal(ipam.allocate("late")).reason()).isEqualTo(RefusalReason.STOPPING);
        assertThat(closing.isRunning()).isFalse();
        assertThat(ipam.reopened().snapshot().all()).hasSize(301);
    }

    @Test
    void closingTwiceIsClosing() {
        ipam.ipam().close();
        ipam.ipam().close();
        assertThat(ipam.ipam().isRunning()).isFalse();
    }

    @Test
    void commandsThatRaceWithCloseAreAllAnswered() {
        for (int batch = 0; batch < 20; batch++) {
            List<CompletionStage<Outcome<Allocation>>> answers = Collections.synchronizedList(new ArrayList<>());
            Ipam closing = ipam.ipam();
            Thread caller = new Thread(() -> {
                CompletionStage<Outcome<Allocation>> last;
                do {
                    last = closing.submit(IpamFixture.CALLER, COMMAND, Cancellation.NONE);
                    answers.add(last);
                } while (!(answer(last) instanceof Refused));
            });
            caller.start();
            closing.close();
            joinUninterruptibly(caller);
            assertThat(answers)
                    .allSatisfy(stage -> assertThat(stage.toCompletableFuture()).isDone());
            ipam.reopened();
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
