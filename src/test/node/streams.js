import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { detail, expect, expectCode, Outgoing } from "./expect.js";
import { ErrorInfoSchema } from "./gen/error_details_pb.js";
import { ListIPsRequestSchema, ListIPsResponseSchema } from "./gen/gateway_service_pb.js";
import { Tunnel } from "./tunnel.js";

export async function register({ client, protocol }) {
  const out = new Outgoing();
  const incoming = client.registerGateway(out)[Symbol.asyncIterator]();
  out.send({
    type: "register",
    registration: {
      gatewayId: "node-1",
      version: "1",
      gatewayIp: "http://127.0.0.1:1537",
      gatewayIpDhcp: `node-${protocol}`,
    },
  });
  const { registration } = await next(incoming, "registered");
  expect(registration.dhcpPoolStart, "registered", registration);

  const payload = toBinary(ListIPsRequestSchema, create(ListIPsRequestSchema));
  out.send({ type: "request", request: { requestId: "r1", method: "ListIPs", payload } });
  const { response: list } = await next(incoming, "response");
  expect(list.requestId === "r1" && list.success, "response", list.error);

  out.send({ type: "request", request: { requestId: "r2", method: "None" } });
  const { response: none } = await next(incoming, "response");
  expect(none.requestId === "r2" && !none.success && none.error, "response", none.error);

  // The list that changes nothing.
  const { allocations } = fromBinary(ListIPsResponseSchema, list.payload);
  const desired = allocations.map(({ vpsId, organizationId, ipAddress, macAddress }) => ({
    vpsId,
    organizationId,
    ipAddress,
    macAddress,
  }));
  out.send({ type: "sync_allocations", syncAllocations: { allocations: desired } });
  const { syncResult } = await next(incoming, "sync_result");
  expect(syncResult.success && syncResult.added === 0 && syncResult.removed === 0, "sync_result", syncResult);

  out.end();
  const { done } = await incoming.next();
  expect(done, "more after the end", done);
}

export async function registerLate({ client }) {
  const out = new Outgoing();
  out.send({ type: "heartbeat" });
  const refused = await expectCode(
    next(client.registerGateway(out)[Symbol.asyncIterator](), "registered"),
    Code.InvalidArgument,
  );
  expect(detail(refused, ErrorInfoSchema).reason === "LINK_MALFORMED", "reason", refused.message);
}

export async function cancelled({ client, vps, echoPort }) {
  const controller = new AbortController();
  const tunnel = await Tunnel.open(client, vps, echoPort, { signal: controller.signal });
  controller.abort();
  await expectCode(tunnel.hear(1), Code.Canceled);
}

export async function deadline({ client, vps, echoPort }) {
  // Whether the connection is there before the time is up is chance.
  const untilTheEnd = async () => (await Tunnel.open(client, vps, echoPort, { timeoutMs: 2000 })).hear(1);
  await expectCode(untilTheEnd(), Code.DeadlineExceeded);
}

/** The next message of that type; heartbeats may come at any time. */
async function next(incoming, type) {
  for (;;) {
    const { value, done } = await incoming.next();
    expect(!done, `the stream ended before ${type}`, done);
    if (value.type === type) {
      return value;
    }
    expect(["heartbeat", "metrics"].includes(value.type), `expected ${type}`, value.type);
  }
}
