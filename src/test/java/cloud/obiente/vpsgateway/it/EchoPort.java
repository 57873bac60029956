package cloud.obiente.vpsgateway.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A TCP server to be run on a VPS: says back what it hears, and when the caller has said all, the SHA-256 of that; then
 * hangs up.
 */
public final class EchoPort {
    private static final int PIECE_BYTES = 64 << 10;

    private EchoPort() {}

    /** @param arguments the port */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]))) {
            while (true) {
                Socket caller = server.accept();
                new Thread(() -> serve(caller)).start();
            }
        }
    }

    private static void serve(Socket caller) {
        try (caller;
                InputStream in = caller.getInputStream();
                OutputStream out = caller.getOutputStream()) {
            MessageDigest heard = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[PIECE_BYTES];
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                heard.update(piece, 0, length);
                out.write(piece, 0, length);
            }
            out.write(heard.digest());
        } catch (IOException | NoSuchAlgorithmException gone) {
            System.err.println("echo: " + gone);
        }
    }
}
