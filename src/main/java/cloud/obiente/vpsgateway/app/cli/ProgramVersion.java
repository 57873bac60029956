package cloud.obiente.vpsgateway.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build has written down. Stateless. */
final class ProgramVersion implements IVersionProvider {
    private static final String FILE = "version.properties";

    static String number() {
        Properties built = new Properties();
        try (InputStream file = ProgramVersion.class.getResourceAsStream(FILE)) {
            built.load(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return built.getProperty("version");
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "vps-gateway " + number(),
            System.getProperty("java.vm.name") + " " + System.getProperty("java.version") + ", "
                    + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                    + System.getProperty("os.arch")
        };
    }
}
