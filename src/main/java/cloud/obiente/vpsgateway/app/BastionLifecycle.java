package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.ssh.bastion.Bastion;
import java.io.IOException;
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

    @Override
    public void close() throws IOException {
        if (bastion.isPresent()) {
            bastion.get().close();
        }
    }
}
