package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.dnsmasq.LifeSigns.Look;
import cloud.obiente.vpsgateway.dnsmasq.LifeSigns.Verdict;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Each verdict, by a clock that is moved. */
class LifeSignsTest {
    private static final Look IDLE = new Look(false, 7, 0);
    private static final Look STOPPED = new Look(true, 7, 0);
    private static final Look STUCK = new Look(false, 7, 832);

    private long now = -Duration.ofDays(1).toNanos();
    private final LifeSigns signs = new LifeSigns(now);
    private long ticks;

    private Verdict pass(Duration time, Supplier<Look> look, Runnable eachTime) {
        Verdict verdict = signs.judge(now, look.get(), false);
        for (long left = time.toMillis(); left > 0 && !verdict.replace(); left -= 500) {
            now += Duration.ofMillis(500).toNanos();
            eachTime.run();
            verdict = signs.judge(now, look.get(), false);
        }
        return verdict;
    }

    private Verdict pass(Duration time, Look look) {
        return pass(time, () -> look, () -> {});
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void oneThatAnswersIsWell() {
        Verdict verdict = pass(seconds(60), () -> IDLE, () -> signs.answered(now));

        assertThat(verdict).isEqualTo(new Verdict(Optional.empty(), Optional.empty(), false));
    }

    @Test
    void aStoppedOneIsNotServedWithinTwoSecondsAndReplacedWithinSix() {
        pass(seconds(1), () -> IDLE, () -> signs.answered(now));

        assertThat(pass(Duration.ofMillis(1500), STOPPED).fault())
                .map(DnsmasqFault::kind)
                .hasValue(DnsmasqFault.Kind.UNANSWERED);
        Verdict last = pass(seconds(4), STOPPED);

        assertThat(last.replace()).isTrue();
        assertThat(last.fault()).map(DnsmasqFault::kind).hasValue(DnsmasqFault.Kind.HUNG);
        assertThat(last.fault().orElseThrow().message()).contains("it is stopped");
    }

    @Test
    void oneThatDoesNotReadWhatHasArrivedIsReplaced() {
        Verdict last = pass(seconds(6), STUCK);

        assertThat(last.replace()).isTrue();
        assertThat(last.fault().orElseThrow().message()).contains("832 octets");
    }

    /** A flood: the kernel works for it all the time, and its queue is never empty. */
    @Test
    void aBusyOneIsNotServedButNotReplacedWhileItAnswersOverTcp() {
        Verdict last = pass(seconds(600), () -> new Look(false, ticks += 40, 212_992), () -> signs.heard(now));

        assertThat(last.replace()).isFalse();
        assertThat(last.fault()).map(DnsmasqFault::kind).hasValue(DnsmasqFault.Kind.UNANSWERED);
    }

    @Test
    void aBusyOneThatNothingIsHeardOfIsReplacedAfterAMinute() {
        Verdict aWhileLater = pass(seconds(55), () -> new Look(false, ticks += 40, 212_992), () -> {});
        Verdict last = pass(seconds(10), () -> new Look(false, ticks += 40, 212_992), () -> {});

        assertThat(aWhileLater.replace()).isFalse();
        assertThat(last.replace()).isTrue();
    }

    @Test
    void oneWhoseQuestionsDoNotArriveIsRestartedOnceAndThenLeftAlone() {
        Verdict first = pass(seconds(10), IDLE);
        signs.begin(now);
        Verdict second = pass(seconds(3600), IDLE);

        assertThat(first.fault()).map(DnsmasqFault::kind).hasValue(DnsmasqFault.Kind.UNREACHABLE);
        assertThat(first.replace()).isTrue();
        assertThat(second.replace()).isFalse();
        assertThat(second.fault()).isEmpty();
        assertThat(second.remark().orElseThrow()).contains("packet filter on the loopback interface");
    }

    @Test
    void oneThatLogsIsNotRestartedAtAll() {
        Verdict last = pass(seconds(3600), () -> IDLE, () -> signs.heard(now));

        assertThat(last.replace()).isFalse();
        assertThat(last.remark()).isPresent();
    }

    /** What is there at one look and gone at the next is a question on its way. */
    @Test
    void questionsThatComeAndGoAreNoFlood() {
        List<Look> looks = List.of(STUCK, IDLE);
        Verdict last = pass(seconds(60), () -> looks.get((int) (ticks++ % 2)), () -> signs.heard(now));

        assertThat(last.fault()).isEmpty();
    }

    @Test
    void anAnswerEndsTheRemarkAndMakesTheNextRestartPossible() {
        pass(seconds(10), IDLE);
        signs.begin(now);
        pass(seconds(10), IDLE);

        signs.answered(now);
        assertThat(pass(seconds(1), IDLE).remark()).isEmpty();
        assertThat(pass(seconds(10), IDLE).replace()).isTrue();
    }

    @Test
    void whatIsReadTakesItsTime() {
        signs.reloadTook(seconds(3));

        assertThat(pass(seconds(8), STUCK).replace()).isFalse();
        assertThat(pass(seconds(3), STUCK).replace()).isTrue();
    }

    @Test
    void theKernelTellsWhatIsUnread() {
        List<String> table = List.of(
                "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
                " 2546: 0103 0F0A:0035 00000000:0000 07 00000000:00000300 00:00000000 00000000   0        0 1 2 0 0",
                "13598: " + littleOrBig("0A0F0301")
                        + ":0035 00000000:0000 07 00000000:00000340 00:00000000 00000000 0 0 2 2 0 0",
                "13599: 00000000:0043 00000000:0000 07 00000000:00000999 00:00000000 00000000 0 0 2 2 0 0");

        assertThat(UnreadQuestions.octets(table.stream(), Ipv4Address.parse("10.15.3.1"), 53))
                .isEqualTo(0x340);
    }

    private static String littleOrBig(String networkOrder) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                ? networkOrder
                : networkOrder.substring(6, 8)
                        + networkOrder.substring(4, 6)
                        + networkOrder.substring(2, 4)
                        + networkOrder.substring(0, 2);
    }
}
