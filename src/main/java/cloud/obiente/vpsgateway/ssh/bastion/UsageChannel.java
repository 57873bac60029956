package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;

/**
 * A channel of type "session" (RFC 4254 section 6): a client that asks for a shell or a command is told how to use the
 * bastion, and that is all. Subsystems, agents, X11 and everything else are refused. Called by SSHD on its threads.
 */
final class UsageChannel extends AbstractServerChannel {
    /** What somebody may type; it is dropped at once. */
    static final long WINDOW_BYTES = 32 << 10;

    private static final int STDERR = 1;
    private static final int EXIT_CODE = 1;
    private static final int HEADER_BYTES = 16;

    private final byte[] usage;
    private boolean told;

    private UsageChannel(String usage) {
        super(null);
        this.usage = usage.getBytes(StandardCharsets.UTF_8);
    }

    /** Makes them. */
    record UsageChannelFactory(String usage) implements ChannelFactory {
        @Override
        public String getName() {
            return "session";
        }

        @Override
        public Channel createChannel(Session session) {
            return new UsageChannel(usage);
        }
    }

    @Override
    protected Result handleInternalRequest(String request, boolean wantReply, Buffer buffer) throws IOException {
        return switch (request) {
            // Granted because a client gives up the whole session otherwise, and is not told how it should be.
            case "pty-req", "env", "window-change" -> Result.ReplySuccess;
            case "shell" -> tell(request, wantReply, buffer, SshConstants.SSH_MSG_CHANNEL_DATA);
            case "exec" -> tell(request, wantReply, buffer, SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA);
            default -> Result.ReplyFailure;
        };
    }

    private Result tell(String request, boolean wantReply, Buffer buffer, byte stream) throws IOException {
        if (told) {
            return Result.ReplyFailure;
        }
        told = true;
        sendResponse(buffer, request, Result.ReplySuccess, wantReply);
        int size = (int) Math.min(usage.length, getRemoteWindow().getSize());
        Buffer line = getSession().createBuffer(stream, size + HEADER_BYTES);
        line.putUInt(getRecipient());
        if (stream == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA) {
            line.putUInt(STDERR);
        }
        line.putBytes(usage, 0, size);
        writePacket(line);
        sendEof();
        sendExitStatus(EXIT_CODE);
        close(false);
        return Result.Replied;
    }

    /** What somebody types is not read. */
    @Override
    protected void doWriteData(byte[] data, int offset, long length) {}

    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) {}
}
