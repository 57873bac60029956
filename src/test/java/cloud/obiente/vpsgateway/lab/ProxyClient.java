package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** An API instance: one connection to the gateway, any number of ProxySSH streams. */
final class ProxyClient implements AutoCloseable {
    private final ManagedChannel channel;

    ProxyClient(int port) {
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    Stream stream() {
        return new Stream(true);
    }

    /** A stream that gets nothing until {@link Stream#read} is called. */
    Stream unreadStream() {
        return new Stream(false);
    }

    final class Stream {
        private final ClientCall<ProxySSHRequest, ProxySSHResponse> call =
                channel.newCall(VPSGatewayServiceGrpc.getProxySSHMethod(), CallOptions.DEFAULT);
        private final BlockingQueue<ProxySSHResponse> received = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private final Semaphore readyAgain = new Semaphore(0);
        private final boolean reads;

        Stream(boolean reads) {
            this.reads = reads;
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(ProxySSHResponse message) {
                            received.add(message);
                            if (Stream.this.reads) {
                                call.request(1);
                            }
                        }

                        @Override
                        public void onReady() {
                            readyAgain.release();
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            end.complete(status);
                        }
                    },
                    new Metadata());
            if (reads) {
                call.request(1);
            }
        }

        Stream connect(String id, int port) {
            return connect(id, "127.0.0.1", port, "");
        }

        Stream connect(String id, String target, int port, String key) {
            call.sendMessage(ProxySSHRequest.newBuilder()
                    .setConnectionId(id)
                    .setType("connect")
                    .setTarget(target)
                    .setPort(port)
                    .setSshPublicKey(key)
                    .build());
            return this;
        }

        Stream data(String id, byte[] bytes) {
            call.sendMessage(ProxySSHRequest.newBuilder()
                    .setConnectionId(id)
                    .setType("data")
                    .setData(ByteString.copyFrom(bytes))
                    .build());
            return this;
        }

        Stream data(String id, String text) {
            return data(id, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        Stream close(String id) {
            return say(id, "close");
        }

        Stream say(String id, String type) {
            call.sendMessage(ProxySSHRequest.newBuilder()
                    .setConnectionId(id)
                    .setType(type)
                    .build());
            return this;
        }

        void halfClose() {
            call.halfClose();
        }

        void cancel() {
            call.cancel("test", null);
        }

        void read(int messages) {
            call.request(messages);
        }

        /**
         * Sends as fast as the transport takes it, until it has taken nothing for a second.
         *
         * @return bytes sent
         */
        long sendUntilStopped(String id, byte[] piece, long atMost) {
            long sent = 0;
            while (sent < atMost && awaitReady()) {
                data(id, piece);
                sent += piece.length;
            }
            return sent;
        }

        private boolean awaitReady() {
            try {
                while (!call.isReady()) {
                    if (!readyAgain.tryAcquire(1, TimeUnit.SECONDS)) {
                        return false;
                    }
                }
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        /** The next message, as text such as {@code a data hello} or {@code a error no route}. */
        String next() {
            ProxySSHResponse message = nextMessage();
            String rest = message.getError() + message.getData().toStringUtf8();
            return (message.getConnectionId() + " " + message.getType() + " " + rest).strip();
        }

        ProxySSHResponse nextMessage() {
            try {
                ProxySSHResponse message = received.poll(10, TimeUnit.SECONDS);
                if (message == null) {
                    throw new AssertionError("no message; the stream's end: " + end.getNow(null));
                }
                return message;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        /** Data of one connection until so many bytes have come. */
        byte[] bytes(String id, int count) {
            java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
            while (all.size() < count) {
                ProxySSHResponse message = nextMessage();
                if (!message.getConnectionId().equals(id) || !message.getType().equals("data")) {
                    throw new AssertionError("after " + all.size() + " bytes: " + message);
                }
                all.writeBytes(message.getData().toByteArray());
            }
            return all.toByteArray();
        }

        boolean hasMessages() {
            return !received.isEmpty();
        }

        boolean hasEnded() {
            return end.isDone();
        }

        Status end() {
            return end.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
