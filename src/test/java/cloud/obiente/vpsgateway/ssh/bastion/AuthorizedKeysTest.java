package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.LogLines;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of keys as editors leave it. */
class AuthorizedKeysTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK+iykhDYbf6wv1tPiJS94X1XONOza36h6YsiCATQpxE somebody\r\n";

    @TempDir
    Path directory;

    private List<String> read(String text, Charset encoding) throws Exception {
        Path file = Files.write(directory.resolve("authorized_keys"), text.getBytes(encoding));
        return LogLines.during(BastionLog.CATEGORY, () -> new AuthorizedKeys(file, ZoneOffset.UTC).reread());
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstKey() throws Exception {
        assertThat(read("\ufeff" + KEY, StandardCharsets.UTF_8)).hasSize(1).allMatch(line -> line.contains("1"));
    }

    @Test
    void utf16IsNamed() throws Exception {
        for (Charset encoding :
                List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            assertThat(read(KEY, encoding))
                    .hasSize(1)
                    .allMatch(line -> line.contains("it is UTF-16") && line.contains("save it as UTF-8"));
        }
    }
}
