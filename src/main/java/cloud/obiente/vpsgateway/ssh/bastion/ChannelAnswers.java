package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.util.buffer.Buffer;

/** What a client is told about its channel (RFC 4254 section 5), in our words instead of SSHD's. Written at once. */
final class ChannelAnswers {
    private static final int MAX_QUEUED_BYTES = 32;

    private final Channel channel;

    ChannelAnswers(Channel channel) {
        this.channel = channel;
    }

    /** @param window bytes that the client may send to begin with */
    void confirm(int window) throws IOException {
        Buffer answer = answer(SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
        answer.putUInt(channel.getChannelId());
        answer.putUInt(window);
        answer.putUInt(channel.getLocalWindow().getPacketSize());
        channel.getSession().writePacket(answer);
    }

    /** @param code of RFC 4254 section 5.1 */
    void refuse(int code, String reason) throws IOException {
        Buffer answer = answer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
        answer.putUInt(code);
        answer.putString(reason);
        answer.putString("");
        channel.getSession().writePacket(answer);
    }

    /** The client may send so many bytes more. */
    void grant(int bytes) throws IOException {
        if (!channel.isClosing()) {
            Buffer answer = answer(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST);
            answer.putUInt(bytes);
            channel.getSession().writePacket(answer);
        }
    }

    private Buffer answer(byte message) {
        Buffer answer = channel.getSession().createBuffer(message, MAX_QUEUED_BYTES);
        answer.putUInt(channel.getRecipient());
        return answer;
    }
}
