package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoRequest;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status.Code;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who knows the secret gets in, and nobody else. The secret is in a file, and a replaced one is good for ten seconds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretIT {
    private static final String NEW_SECRET = "another-secret-of-the-tests";

    private final World world = World.create("secret");
    private final Path secretFile = Sandbox.directory("secret-file").resolve("api-secret");

    @BeforeAll
    void startGateway() throws IOException {
        write(GatewayProcess.SECRET);
        world.with("GATEWAY_API_SECRET", "")
                .with("GATEWAY_API_SECRET_FILE", secretFile.toString())
                .with("GATEWAY_API_SECRET_OVERLAP", "10s")
                .start();
    }

    @BeforeEach
    void theOldSecretIsGood() {
        assertThat(isAccepted(GatewayProcess.SECRET)).isTrue();
    }

    @AfterEach
    void restore() throws IOException {
        write(GatewayProcess.SECRET);
        await().until(() -> isAccepted(GatewayProcess.SECRET));
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void callsWithoutTheSecretAreRefusedOfWhateverKind() {
        // Given
        Channel noSecret = world.api().client().channel();

        // When
        List<Refused> refusals = callAllKinds(noSecret);

        // Then
        assertThat(refusals).allMatch(SecretIT::isUnauthenticated);
    }

    @Test
    void callsWithAWrongSecretAreRefusedOfWhateverKind() {
        try (GatewayClient client = GatewayClient.connect(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET + "x")) {
            // When
            List<Refused> refusals = callAllKinds(client.calls().getChannel());

            // Then
            assertThat(refusals).allMatch(SecretIT::isUnauthenticated);
        }
    }

    @Test
    void aReplacedSecretIsGoodForAWhileAndThenOnlyTheNewOne() throws IOException {
        // When
        write(NEW_SECRET);

        // Then
        await().until(() -> isAccepted(NEW_SECRET));
        assertThat(isAccepted(GatewayProcess.SECRET)).isTrue();
        await().atMost(Duration.ofSeconds(90)).until(() -> !isAccepted(GatewayProcess.SECRET));
        assertThat(isAccepted(NEW_SECRET)).isTrue();
    }

    @Test
    void aSecretFileThatIsGoneOrEmptyChangesNothing() throws IOException {
        // When
        Files.delete(secretFile);

        // Then
        await().until(() -> world.gateway().output().contains("cannot be read"));
        assertThat(isAccepted(GatewayProcess.SECRET)).isTrue();

        // When
        write("\n");

        // Then
        await().until(() -> world.gateway().output().contains("is empty; the old secret stays"));
        assertThat(isAccepted(GatewayProcess.SECRET)).isTrue();
        assertThat(isAccepted("")).isFalse();
    }

    /** One unary call, one stream, one question to reflection. */
    private static List<Refused> callAllKinds(Channel channel) {
        return List.of(
                Refused.by(() ->
                        VPSGatewayServiceGrpc.newBlockingStub(channel).listIPs(ListIPsRequest.getDefaultInstance())),
                Refused.by(() -> Streams.first(
                        channel,
                        VPSGatewayServiceGrpc.getRegisterGatewayMethod(),
                        GatewayMessage.getDefaultInstance())),
                Refused.by(() -> Streams.first(
                        channel,
                        ServerReflectionGrpc.getServerReflectionInfoMethod(),
                        ServerReflectionRequest.newBuilder().setListServices("").build())));
    }

    private static boolean isUnauthenticated(Refused refused) {
        return refused.code() == Code.UNAUTHENTICATED && refused.reason().equals("BAD_SECRET");
    }

    private static boolean isAccepted(String secret) {
        try (GatewayClient client = GatewayClient.connect(GatewayProcess.GRPC_PORT, secret)) {
            client.calls().getGatewayInfo(GetGatewayInfoRequest.getDefaultInstance());
            return true;
        } catch (io.grpc.StatusRuntimeException refusal) {
            assertThat(Refused.of(refusal)).matches(SecretIT::isUnauthenticated);
            return false;
        }
    }

    /** As editors and orchestrators replace a file: in one step, with a line end behind it. */
    private void write(String secret) throws IOException {
        Path fresh = secretFile.resolveSibling("fresh");
        Files.writeString(fresh, secret + "\n");
        Files.move(fresh, secretFile, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
