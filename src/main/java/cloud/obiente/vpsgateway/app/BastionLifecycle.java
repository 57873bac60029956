package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.ssh.bastion.Bastion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** The bastion, where there is one. */
record BastionLifecycle(Optional<Bastion> bastion) implements AutoCloseable {

    /** @throws StartFailedException when it cannot listen, or its host key cannot be used */
    void open(ScheduledExecutorService timer) {
        bastion.ifPresent(present -> {
            try {
                present.start(timer);
            } catch (IOException e) {
                throw new StartFailedException(e.getMessage());
            }
        });
    }

    /** Looks at the file of keys now; empty where there is no bastion. */
    Optional<Path> rereadKeys() {
        return bastion.map(Bastion::rereadKeys);
    }

    @Override
    public void close() throws IOException {
        if (bastion.isPresent()) {
            bastion.get().close();
        }
    }
}
