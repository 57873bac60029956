package cloud.obiente.vpsgateway.attack.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/attacks.md has a row for each kind, and each kind a name of its own. */
class PortAttackTableTest {

    @Test
    void eachKindHasItsRow() throws IOException {
        String page = Files.readString(Path.of("docs/attacks.md"));
        List<PortAttack> kinds = Attackers.all().toList();
        assertThat(kinds).extracting(PortAttack::name).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(40);
        assertThat(kinds).allSatisfy(kind -> assertThat(page)
                .contains("| " + kind.name() + " | " + (kind.source().isEmpty() ? "–" : kind.source()) + " |"));
    }
}
