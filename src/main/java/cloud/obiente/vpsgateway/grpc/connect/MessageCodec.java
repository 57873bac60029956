package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.MethodDescriptor.Marshaller;

/** How a message becomes bytes. Safe for use by several threads. */
interface MessageCodec {
    /** @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT when the bytes are not such a message */
    <T> T parse(Marshaller<T> marshaller, byte[] bytes);

    /** @return the message's bytes behind {@code headroom} unused ones, which spares a copy when it is framed */
    <T> byte[] format(Marshaller<T> marshaller, T message, int headroom);
}
