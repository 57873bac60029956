package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory stands for the memory: what a restart of the host does to it is to remove what is in it. */
class LeaseFilePlaceTest {
    private static final String OLD = "1795404932 02:00:00:00:02:01 10.15.3.11 vps-11 *\n";
    private static final String NEW = "1795404999 02:00:00:00:02:02 10.15.3.12 vps-12 *\n" + OLD;

    @TempDir
    Path root;

    private Path state;
    private Path memory;
    private Path shown;

    @BeforeEach
    void directories() throws IOException {
        state = Files.createDirectory(root.resolve("state"));
        memory = Files.createDirectory(root.resolve("memory"));
        shown = state.resolve("dnsmasq.leases");
    }

    @Test
    void theFileOfAnEarlierVersionGoesOnInMemoryAndShowsWhereItWas() throws IOException {
        Files.writeString(shown, OLD);

        LeaseFilePlace place = open();

        assertThat(place.file()).startsWith(memory).hasContent(OLD.strip());
        assertThat(shown).isSymbolicLink().hasContent(OLD.strip());
    }

    @Test
    void aKilledGatewaysLeasesGoOn() throws IOException {
        Files.writeString(open().file(), NEW);

        assertThat(open().file()).hasContent(NEW.strip());
    }

    @Test
    void afterARestartOfTheHostTheLastCopyGoesOn() throws IOException {
        LeaseFilePlace place = open();
        Files.writeString(place.file(), OLD);
        save(place, OLD);
        Files.writeString(place.file(), NEW);
        restartHost(place);

        assertThat(open().file()).hasContent(OLD.strip());
    }

    @Test
    void aFileThatIsBeingWrittenIsNotCopied() throws IOException {
        LeaseFilePlace place = open();
        Files.writeString(place.file(), OLD);
        save(place, OLD);
        Files.writeString(place.file(), NEW.substring(0, 30));
        save(place, NEW);
        restartHost(place);

        assertThat(open().file()).hasContent(OLD.strip());
    }

    @Test
    void anOrderlyStopLeavesAFileForAnyVersion() throws IOException {
        LeaseFilePlace place = open();
        Files.writeString(place.file(), NEW);

        place.moveBack();

        assertThat(Files.isRegularFile(shown, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(shown).hasContent(NEW.strip());
        assertThat(place.file()).doesNotExist();
    }

    @Test
    void anEmptiedStateDirectoryIsEmptyAlthoughSomethingIsInMemory() throws IOException {
        Files.writeString(open().file(), OLD);
        Files.delete(shown);

        assertThat(open().file()).doesNotExist();
        assertThat(shown).isSymbolicLink();
    }

    @Test
    void aCopiedStateDirectoryDoesNotUseTheOthersMemory() throws IOException {
        LeaseFilePlace place = open();
        Files.writeString(place.file(), OLD);
        save(place, OLD);
        Path other = Files.createDirectory(root.resolve("other"));
        Files.copy(shown, other.resolve("dnsmasq.leases"), LinkOption.NOFOLLOW_LINKS);
        Files.copy(state.resolve("dnsmasq.leases.copy"), other.resolve("dnsmasq.leases.copy"));

        LeaseFilePlace copy = LeaseFilePlace.open(other, Optional.of(memory));

        assertThat(copy.file()).isNotEqualTo(place.file()).hasContent(OLD.strip());
    }

    @Test
    void whoRemovesTheLinkMeansTheLeases() throws IOException {
        LeaseFilePlace place = open();
        Files.writeString(place.file(), OLD);
        save(place, OLD);
        Files.delete(shown);

        place.followRemoval();

        assertThat(place.file()).doesNotExist();
        assertThat(shown).isSymbolicLink();
        assertThat(state.resolve("dnsmasq.leases.copy")).doesNotExist();
    }

    @Test
    void withoutMemoryTheLeasesComeBack() throws IOException {
        Files.writeString(open().file(), OLD);

        LeaseFilePlace place = LeaseFilePlace.open(state, Optional.empty());

        assertThat(place.file()).isEqualTo(shown).hasContent(OLD.strip());
        assertThat(Files.isSymbolicLink(shown)).isFalse();
    }

    @Test
    void aLinkInThePlaceOfOurDirectoryIsRefused() throws IOException {
        Path ours = open().file().getParent();
        Files.move(ours, root.resolve("elsewhere"));
        Files.createSymbolicLink(ours, root.resolve("elsewhere"));

        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("somebody else's");
    }

    private LeaseFilePlace open() throws IOException {
        return LeaseFilePlace.open(state, Optional.of(memory));
    }

    private static void save(LeaseFilePlace place, String text) throws IOException {
        place.save(new LeaseSnapshot(LeaseFileParser.parse(text).leases(), List.of(), Instant.EPOCH));
    }

    private static void restartHost(LeaseFilePlace place) throws IOException {
        Files.delete(place.file());
        Files.delete(place.file().getParent());
    }
}
