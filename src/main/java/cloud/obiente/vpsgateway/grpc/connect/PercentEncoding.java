package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The form in which {@code grpc-message} carries text (gRPC over HTTP2, "Status-Message"). */
final class PercentEncoding {
    private static final String HEX = "0123456789ABCDEF";

    private PercentEncoding() {}

    static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte octet : text.getBytes(UTF_8)) {
            if (octet >= ' ' && octet <= '~' && octet != '%') {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(HEX.charAt((octet >> 4) & 0xF)).append(HEX.charAt(octet & 0xF));
            }
        }
        return encoded.toString();
    }
}
