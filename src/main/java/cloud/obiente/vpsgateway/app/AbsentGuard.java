package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.hostnet.guard.Guard;
import cloud.obiente.vpsgateway.hostnet.guard.GuardFailedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Guards nothing and says so, so that nobody is given a public address that others could take. */
final class AbsentGuard implements Guard {
    @Override
    public CompletionStage<Void> publish() {
        return CompletableFuture.failedFuture(
                new GuardFailedException("this version cannot guard public addresses in the kernel"));
    }
}
