package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is asked about MACs by others than the healer. */
class MacInquiriesTest extends HealerFixture {
    @Test
    void aReservedMacIsAskedAboutWithItsReservedAddress() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = room.register("api-1", "node-1");
        CompletableFuture<Answer> whose = room.inquiries.whose(OLD).toCompletableFuture();
        assertThat(asked(api)).singleElement().satisfies(question -> {
            assertThat(question.getMac()).isEqualTo(OLD.toString());
            assertThat(question.getIp()).isEqualTo("10.0.0.10");
        });
        answer(api, "vps-1");
        assertThat(whose).isCompletedWithValueMatching(said -> said instanceof Answer.Found);
    }

    @Test
    void aMacWithoutReservationIsAskedAboutWithoutAddress() {
        leased(NEW, "10.0.0.20");
        Peer api = room.register("api-1", "node-1");
        CompletableFuture<Answer> whose = room.inquiries.whose(NEW).toCompletableFuture();
        assertThat(asked(api)).singleElement().satisfies(question -> assertThat(question.getIp())
                .isEmpty());
        answer(api, "");
        assertThat(whose).isCompletedWithValue(new Answer.Unknown());
    }

    @Test
    void withoutAnApiNobodyCanSay() {
        assertThat(room.inquiries.whose(NEW).toCompletableFuture()).isCompletedWithValue(new Answer.None());
    }
}
