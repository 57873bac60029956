package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.GatewayRequest;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Instant;

/** What the gateway says on a link. Stateless. */
final class LinkMessages {
    private LinkMessages() {}

    static GatewayMessage registered(GatewayRegistration self) {
        return GatewayMessage.newBuilder()
                .setType("registered")
                .setRegistration(self)
                .build();
    }

    static GatewayMessage heartbeat(Instant now) {
        return GatewayMessage.newBuilder()
                .setType("heartbeat")
                .setHeartbeat(
                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .build();
    }

    static GatewayMessage request(String id, String method, ByteString payload) {
        return GatewayMessage.newBuilder()
                .setType("request")
                .setRequest(GatewayRequest.newBuilder()
                        .setRequestId(id)
                        .setMethod(method)
                        .setPayload(payload))
                .build();
    }

    static GatewayMessage response(String id, UnaryCalls.Reply reply) {
        GatewayResponse.Builder response = GatewayResponse.newBuilder().setRequestId(id);
        if (reply instanceof UnaryCalls.Reply.Succeeded done) {
            response.setSuccess(true).setPayload(done.response());
        } else {
            response.setError(((UnaryCalls.Reply.Failed) reply).error());
        }
        return GatewayMessage.newBuilder()
                .setType("response")
                .setResponse(response)
                .build();
    }

    static GatewayMessage syncResult(SyncAllocationsResponse result) {
        return GatewayMessage.newBuilder()
                .setType("sync_result")
                .setSyncResult(result)
                .build();
    }
}
