import { kill } from "node:process";
import { Code, encodeBinaryHeader } from "@connectrpc/connect";
import { detail, expect, expectCode } from "./expect.js";
import { BadRequestSchema, ErrorInfoSchema } from "./gen/error_details_pb.js";
import { Tunnel } from "./tunnel.js";

export const overTheLimit = 5 << 20;

export async function unary({ client }) {
  const info = await client.getGatewayInfo({});
  expect(info.gatewayIp === "10.15.3.1", "the gateway says", info);
}

export async function allocateAndRelease({ client, protocol }) {
  const vpsId = `vps-node-${protocol}`;
  const request = { vpsId, organizationId: "org-1", macAddress: "02:00:00:00:01:02" };
  const given = await client.allocateIP(request);
  const again = await client.allocateIP(request);
  expect(given.ipAddress === again.ipAddress, "two addresses", [given, again]);
  const { allocations } = await client.listIPs({ vpsId });
  expect(
    allocations.length === 1 && allocations[0].ipAddress === given.ipAddress && allocations[0].allocatedAt.seconds > 0,
    "listed",
    allocations,
  );
  const released = await client.releaseIP({ vpsId });
  expect(released.success, "released", released);
}

export async function errorDetails({ client }) {
  const refused = await expectCode(client.releaseIP({ vpsId: "vps-none" }), Code.NotFound);
  expect(refused.rawMessage.includes("vps-none"), "message", refused.rawMessage);
  const info = detail(refused, ErrorInfoSchema);
  expect(
    info.reason === "NOT_FOUND" && info.domain === "vps-gateway" && info.metadata.vps === "vps-none",
    "ErrorInfo",
    info,
  );
}

export async function fieldViolations({ client }) {
  const call = client.allocateIP({ vpsId: "not a name", macAddress: "not a card" });
  const bad = detail(await expectCode(call, Code.InvalidArgument), BadRequestSchema);
  expect(bad.fieldViolations.length === 2, "BadRequest", bad);
}

export async function wrongSecret(caller) {
  const stranger = caller.with({ secret: "not-the-secret" });
  const refused = await expectCode(stranger.listIPs({}), Code.Unauthenticated);
  expect(detail(refused, ErrorInfoSchema).reason === "BAD_SECRET", "reason", refused.message);
  await expectCode(Tunnel.open(stranger, caller.vps, caller.echoPort), Code.Unauthenticated);
}

export async function manyAtOnce({ client }) {
  await Promise.all(Array.from({ length: 200 }, () => client.listIPs({})));
}

export async function metadata({ client }) {
  const headers = { "x-trace": "a, b; c", "x-trace-bin": encodeBinaryHeader(new Uint8Array([0, 1, 0xfe, 0xff])) };
  let heard = {};
  await client.listIPs(
    {},
    {
      headers,
      onHeader: (header) => (heard = { ...heard, ...Object.fromEntries(header) }),
      onTrailer: (trailer) => (heard = { ...heard, ...Object.fromEntries(trailer) }),
    },
  );
  expect(!("x-api-secret" in heard), "the secret came back", heard);
}

export async function gzipRequests(caller) {
  const client = caller.withGzipRequests();
  await client.listIPs({ vpsId: "a".repeat(60) });
  const said = Buffer.from("again ".repeat(10_000));
  const tunnel = await Tunnel.open(client, caller.vps, caller.echoPort);
  tunnel.say(said);
  expect(said.equals(await tunnel.hear(said.length)), "the echo differs", said.length);
  await tunnel.close();
}

export async function gzipAnswers(caller) {
  const packed = holders(await caller.client.listIPs({}));
  const plain = holders(await caller.withoutCompression().listIPs({}));
  expect(packed.length >= 200, "too few allocations", packed.length);
  expect(packed.join() === plain.join(), "other allocations without gzip", plain);
}

function holders({ allocations }) {
  return allocations.map(({ ipAddress, vpsId }) => `${ipAddress} ${vpsId}`).sort();
}

export async function tooLargeUnary(caller) {
  await expectCode(caller.client.listIPs({ vpsId: "a".repeat(overTheLimit) }), Code.ResourceExhausted);
  await unary(caller);
}

/** Stops dnsmasq, whose confirmation an allocation waits for. The list tells when it is waiting. */
export async function cancelled({ client, protocol, dnsmasq }) {
  const vpsId = `vps-node-held-${protocol}`;
  const request = { vpsId, macAddress: "02:00:00:00:01:04" };
  kill(dnsmasq, "SIGSTOP");
  let decided = [];
  try {
    const controller = new AbortController();
    const refused = expectCode(client.allocateIP(request, { signal: controller.signal }), Code.Canceled);
    while (decided.length === 0) {
      decided = holders(await client.listIPs({ vpsId }));
    }
    controller.abort();
    await refused;
    // On the same connection: when this is answered, the gateway has heard of the end before the held call could be.
    await client.listIPs({ vpsId });
  } finally {
    kill(dnsmasq, "SIGCONT");
  }
  const { ipAddress } = await client.allocateIP(request);
  expect(decided.join() === `${ipAddress} ${vpsId}`, "decided otherwise", [decided, ipAddress]);
  await client.releaseIP({ vpsId });
}
