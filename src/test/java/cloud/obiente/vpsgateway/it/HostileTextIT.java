package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.HostileText.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.ssh.bastion.RawSshClient;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Whatever strangers, callers, VPSs and an old lease file say: the lines of the log are the gateway's. */
@Tag("smoke")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTextIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:09");
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int FLOODERS = 60;
    private static final int MESSAGES_EACH = 40;
    /** Of what a flood has said; what other tests cause at the same time is a fraction of it. */
    private static final int MAX_LOG_BYTES = 100_000;

    private final World world = World.create("hostile-text").withDnsmasqLog();
    private final BastionClient people = BastionClient.of(world, "hostile-text-files");
    private final RawSshClient ssh = new RawSshClient();

    @BeforeAll
    void start() throws IOException {
        people.authorize(ssh.publicKey());
        Files.createDirectories(world.files().leasesFile().getParent());
        Files.writeString(
                world.files().leasesFile(),
                "1999999999 02:00:00:00:00:31 10.15.3.99 " + HostileText.WITHOUT_LINES + " 01:"
                        + HostileText.WITHOUT_LINES + "\n" + HostileText.TEXT + "\n" + HostileText.WITHOUT_LINES
                        + " x y z\n");
        world.start();
    }

    @AfterAll
    void stop() {
        ssh.close();
        world.close();
    }

    private void assertLogIsTheGateways() {
        HostileText.assertLogIsTheGateways(world.gateway().output());
    }

    @Test
    void beforeAnSshLogin() throws IOException {
        raw(BastionClient.PORT, "SSH-2.0-" + HostileText.WITHOUT_LINES + "\r\n");
        raw(BastionClient.PORT, HostileText.ASCII + "\r\n");
        raw(BastionClient.PORT, "SSH-1.5-" + HostileText.ASCII + "\r\n");
        connected(SshConstants.SSH_MSG_SERVICE_REQUEST, packet -> packet.putString(TEXT));
        connected(SshConstants.SSH_MSG_SERVICE_ACCEPT, packet -> packet.putString(TEXT));
        connected(SshConstants.SSH_MSG_DISCONNECT, packet -> {
            packet.putUInt(2);
            packet.putString(TEXT);
            packet.putString(TEXT);
        });
        connected(SshConstants.SSH_MSG_DEBUG, packet -> {
            packet.putBoolean(true);
            packet.putString(TEXT);
            packet.putString(TEXT);
        });
        connected(SshConstants.SSH_MSG_GLOBAL_REQUEST, packet -> {
            packet.putString(TEXT);
            packet.putBoolean(true);
        });
        connected(SshConstants.SSH_MSG_CHANNEL_OPEN, packet -> packet.putString(TEXT));
        login(TEXT, "ssh-connection", "none");
        login("ops", TEXT, "none");
        login("ops", "ssh-connection", TEXT);
        connected(SshConstants.SSH_MSG_USERAUTH_REQUEST, packet -> {
            packet.putString(TEXT);
            packet.putString("ssh-connection");
            packet.putString("publickey");
            packet.putBoolean(true);
            packet.putString(TEXT);
            packet.putString(TEXT);
            packet.putString(TEXT);
        });
        assertLogIsTheGateways();
    }

    private void login(String user, String service, String method) throws IOException {
        connected(SshConstants.SSH_MSG_USERAUTH_REQUEST, packet -> {
            packet.putString(user);
            packet.putString(service);
            packet.putString(method);
        });
    }

    /** Until the gateway has answered, or closed the connection. */
    private void connected(int message, java.util.function.Consumer<Buffer> fields) throws IOException {
        RawSshClient.Connected client = ssh.connect(BastionClient.PORT, "127.0.3.1");
        client.send(message, fields).verify(TIMEOUT);
        close(client);
    }

    /** When everything that was sent has been worked on, or the gateway has closed the connection. */
    private static void close(RawSshClient.Connected client) throws IOException {
        try {
            Buffer question = client.session().createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            question.putString("keepalive@openssh.com");
            question.putBoolean(true);
            client.session().request("keepalive@openssh.com", question, TIMEOUT.toMillis());
        } catch (IOException closedByTheGateway) {
            assertThat(client.isOpen()).isFalse();
        }
        client.session().close(true).await(TIMEOUT);
    }

    @Test
    void afterAnSshLogin() throws IOException {
        RawSshClient.Connected client = ssh.logIn(BastionClient.PORT, "127.0.3.2");
        client.send(SshConstants.SSH_MSG_GLOBAL_REQUEST, packet -> {
            packet.putString(TEXT);
            packet.putBoolean(true);
        });
        client.send(SshConstants.SSH_MSG_CHANNEL_OPEN, packet -> {
            packet.putString(TEXT);
            packet.putUInt(7);
            packet.putUInt(1 << 20);
            packet.putUInt(1 << 15);
        });
        client.send(SshConstants.SSH_MSG_CHANNEL_OPEN, packet -> {
            packet.putString("direct-tcpip");
            packet.putUInt(8);
            packet.putUInt(1 << 20);
            packet.putUInt(1 << 15);
            packet.putString(TEXT);
            packet.putUInt(22);
            packet.putString(TEXT);
            packet.putUInt(1);
        });
        client.send(SshConstants.SSH_MSG_DISCONNECT, packet -> {
            packet.putUInt(11);
            packet.putString(TEXT);
            packet.putString(TEXT);
        });
        close(client);
        assertLogIsTheGateways();
    }

    @Test
    void overHttp() {
        for (int port : new int[] {GatewayProcess.GRPC_PORT, GatewayProcess.METRICS_PORT}) {
            raw(port, "GET /" + HostileText.WITHOUT_LINES + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            raw(port, "GET /%0d%0a%1b[2J" + HostileText.MARK + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            raw(port, HostileText.ASCII + "\r\n\r\n");
            raw(port, "GET / HTTP/1.1\r\nhost: " + HostileText.WITHOUT_LINES + "\r\nconnection: close\r\n\r\n");
            raw(port, "GET / HTTP/1.1\r\nhost: x\r\n" + HostileText.WITHOUT_LINES + ": y\r\n\r\n");
            raw(
                    port,
                    "POST /" + HostileText.MARK + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/grpc\u001b[2J"
                            + "\r\nx-api-secret: " + HostileText.WITHOUT_LINES + "\r\nx-real-ip: "
                            + HostileText.WITHOUT_LINES
                            + "\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            raw(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HostileText.ASCII);
        }
        assertLogIsTheGateways();
    }

    /** Sends, and reads until the other side has nothing more to say. */
    private static void raw(int port, String text) {
        try (Socket socket = new Socket("127.0.0.1", port, InetAddress.getByName("127.0.3.3"), 0)) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            byte[] unused = socket.getInputStream().readAllBytes();
        } catch (IOException closedByTheGateway) {
            assertThat(closedByTheGateway).hasMessageMatching("Connection reset.*|Broken pipe");
        }
    }

    @Test
    void inMetadataAndMessages() throws InterruptedException {
        Metadata metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("x-note-bin", Metadata.BINARY_BYTE_MARSHALLER), TEXT.getBytes(StandardCharsets.UTF_8));
        Channel channel = ClientInterceptors.intercept(
                world.gateway().client().channel(), MetadataUtils.newAttachHeadersInterceptor(metadata));
        metadata.put(Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER), "\u001b[2J" + HostileText.MARK);
        everyMethod(channel);
        metadata.removeAll(Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER));
        metadata.put(Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER), GatewayProcess.SECRET);
        everyMethod(channel);
        assertLogIsTheGateways();
    }

    private static void everyMethod(Channel channel) throws InterruptedException {
        for (MethodDescriptor method : cloud.obiente.vpsgateway.v1.GatewayService.getDescriptor()
                .findServiceByName("VPSGatewayService")
                .getMethods()) {
            for (String type : List.of(TEXT, "register", "request", "response", "connect", "data")) {
                call(channel, method, type);
            }
        }
    }

    private static void call(Channel channel, MethodDescriptor method, String type) throws InterruptedException {
        DynamicMessage answers = DynamicMessage.getDefaultInstance(method.getOutputType());
        io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> wire =
                io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                        .setType(method.isClientStreaming() ? MethodType.BIDI_STREAMING : MethodType.UNARY)
                        .setFullMethodName(VPSGatewayServiceGrpc.SERVICE_NAME + "/" + method.getName())
                        .setRequestMarshaller(
                                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                        .setResponseMarshaller(ProtoUtils.marshaller(answers))
                        .build();
        CountDownLatch closed = new CountDownLatch(1);
        ClientCall<DynamicMessage, DynamicMessage> call = channel.newCall(wire, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(io.grpc.Status status, Metadata trailers) {
                        closed.countDown();
                    }
                },
                new Metadata());
        call.request(100);
        call.sendMessage(filled(method.getInputType(), type, 0));
        call.halfClose();
        assertThat(closed.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .as("an end of %s", method.getName())
                .isTrue();
    }

    /** A message all of whose texts are hostile, and those of the messages in it. */
    private static DynamicMessage filled(com.google.protobuf.Descriptors.Descriptor of, String type, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(of);
        for (FieldDescriptor field : of.getFields()) {
            Object value =
                    switch (field.getJavaType()) {
                        case STRING -> field.getName().equals("type") ? type : TEXT;
                        case BYTE_STRING -> com.google.protobuf.ByteString.copyFromUtf8(TEXT);
                        case MESSAGE -> depth < 3 ? filled(field.getMessageType(), type, depth + 1) : null;
                        default -> null;
                    };
            if (value != null && !field.isMapField()) {
                if (field.isRepeated()) {
                    message.addRepeatedField(field, value);
                } else {
                    message.setField(field, value);
                }
            }
        }
        return message.build();
    }

    @Test
    void ofAVps() {
        world.api().allocate("vps-9", MAC);
        Vps vps = world.bootedVps("hostile", MAC);
        StringBuilder hex = new StringBuilder();
        for (byte octet : HostileText.ASCII.getBytes(StandardCharsets.ISO_8859_1)) {
            hex.append(String.format(java.util.Locale.ROOT, "%02x", octet));
        }
        // Host name, vendor class, user class, client id (RFC 2132, RFC 3004), the FQDN (RFC 4702).
        vps.exec(
                "udhcpc",
                "-n",
                "-q",
                "-i",
                "eth0",
                "-s",
                "/bin/true",
                "-t",
                "8",
                "-T",
                "2",
                "-x",
                "0x0c:" + hex,
                "-x",
                "0x3c:" + hex,
                "-x",
                "0x4d:" + hex,
                "-x",
                "0x51:000000" + hex);
        vps.exec("sh", "-c", "udhcpc -n -q -i eth0 -s /bin/true -t 3 -T 2 -x 0x3d:00" + hex + " || true");
        vps.exec("dig", "+tries=2", "@10.15.3.1", "a\\010\\027[2J" + HostileText.MARK + "\\013.vps.local", "A");
        await().atMost(TIMEOUT).until(() -> world.gateway().output().contains("DHCPREQUEST"));
        assertLogIsTheGateways();
    }

    /** 1.8 MB in 6 s it was, from so many connections. */
    @Test
    void aFloodIsCountedInsteadOfRepeated() throws IOException {
        int before = world.gateway().output().length();
        for (int i = 0; i < FLOODERS; i++) {
            RawSshClient.Connected client = ssh.connect(BastionClient.PORT, "127.0.4." + (i % 10 + 1));
            for (int message = 0; message < MESSAGES_EACH && client.isOpen(); message++) {
                try {
                    client.send(SshConstants.SSH_MSG_SERVICE_REQUEST, packet -> packet.putString(TEXT.repeat(8)));
                    client.send(SshConstants.SSH_MSG_USERAUTH_REQUEST, packet -> {
                        packet.putString(TEXT.repeat(8));
                        packet.putString("ssh-connection");
                        packet.putString(TEXT.repeat(8));
                    });
                } catch (IOException closedByTheGateway) {
                    break;
                }
            }
            close(client);
        }
        HostileText.assertLogIsTheGateways(world.gateway().output());
        assertThat(world.gateway().output().length() - before).isLessThan(MAX_LOG_BYTES);
    }
}
