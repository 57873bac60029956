import { createHash, randomBytes } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { expect, expectCode, Outgoing } from "./expect.js";
import { overTheLimit, unary } from "./unary.js";

const pieceBytes = 32 << 10;
const mebibyte = 1 << 20;
const digestBytes = 32;
const sshPort = 22;
const id = "c";

/** The connection "c" of a ProxySSH stream. */
export class Tunnel {
  #unread = Buffer.alloc(0);

  constructor(out, incoming) {
    this.out = out;
    this.incoming = incoming;
  }

  static async open(client, target, port, options) {
    const out = new Outgoing();
    const tunnel = new Tunnel(out, client.proxySSH(out, options)[Symbol.asyncIterator]());
    out.send({ connectionId: id, type: "connect", target, port });
    const answer = await tunnel.receive();
    expect(answer.type === "connected", "connect", answer.error);
    return tunnel;
  }

  async receive() {
    const { value, done } = await this.incoming.next();
    expect(!done, "the stream ended", done);
    return value;
  }

  say(data) {
    this.out.send({ connectionId: id, type: "data", data });
  }

  /** Keeps what was heard for hear(). */
  keep(data) {
    this.#unread = Buffer.concat([this.#unread, data]);
  }

  /** Waits for that many bytes. */
  async hear(count) {
    while (this.#unread.length < count) {
      const answer = await this.receive();
      expect(answer.type === "data", "expected data", [answer.type, answer.error]);
      this.keep(answer.data);
    }
    const heard = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return heard;
  }

  /** Hangs up, and ends the stream. */
  async close() {
    this.out.send({ connectionId: id, type: "close" });
    this.out.end();
    for (let next = await this.incoming.next(); !next.done; next = await this.incoming.next()) {
      expect(["closed", "data"].includes(next.value.type), "after close", next.value.error);
    }
  }
}

export async function banner({ client, vps }) {
  const tunnel = await Tunnel.open(client, vps, sshPort);
  expectBanner(await tunnel.hear(8));
  await tunnel.close();
}

export async function refused({ client, vps }) {
  const tunnel = await Tunnel.open(client, vps, sshPort);
  tunnel.out.send({ connectionId: "other", type: "connect", target: "127.0.0.1" });
  let answer = await tunnel.receive();
  for (; answer.connectionId !== "other"; answer = await tunnel.receive()) {
    tunnel.keep(answer.data);
  }
  expect(answer.type === "error" && answer.error.includes("not allowed"), "refusal", answer.error);
  expectBanner(await tunnel.hear(8));
  await tunnel.close();
}

function expectBanner(heard) {
  expect(heard.toString() === "SSH-2.0-", "no banner", heard.toString());
}

export async function sideBySide({ client, vps, echoPort }) {
  const said = { a: Buffer.alloc(mebibyte, "a"), b: Buffer.alloc(mebibyte, "b") };
  async function* both() {
    for (const connectionId in said) {
      yield { connectionId, type: "connect", target: vps, port: echoPort };
    }
    for (let at = 0; at < mebibyte; at += pieceBytes) {
      for (const connectionId in said) {
        yield { connectionId, type: "data", data: said[connectionId].subarray(at, at + pieceBytes) };
      }
    }
  }
  const heard = { a: [], b: [] };
  for await (const { connectionId, type, data, error } of client.proxySSH(both())) {
    expect(type !== "error", connectionId, error);
    heard[connectionId].push(data);
  }
  for (const connectionId in said) {
    const whole = Buffer.concat([said[connectionId], createHash("sha256").update(said[connectionId]).digest()]);
    expect(whole.equals(Buffer.concat(heard[connectionId])), `${connectionId} differs`, whole.length);
  }
}

export async function hundredMebibytes({ client, vps, echoPort }) {
  const size = 100 * mebibyte;
  const sent = createHash("sha256");
  async function* pieces() {
    yield { connectionId: id, type: "connect", target: vps, port: echoPort };
    for (let at = 0; at < size; at += pieceBytes) {
      const data = randomBytes(pieceBytes);
      sent.update(data);
      yield { connectionId: id, type: "data", data };
    }
  }
  const tunnel = new Tunnel(null, client.proxySSH(pieces())[Symbol.asyncIterator]());
  expect((await tunnel.receive()).type === "connected", "connect", size);
  const heard = createHash("sha256");
  for (let at = 0; at < size; at += pieceBytes) {
    heard.update(await tunnel.hear(pieceBytes));
  }
  const vpsHeard = (await tunnel.hear(digestBytes)).toString("hex");
  expect(heard.digest("hex") === vpsHeard, "we heard something else than the VPS, which heard", vpsHeard);
  expect(sent.digest("hex") === vpsHeard, "the VPS heard something else than was sent", vpsHeard);
  expect((await tunnel.receive()).type === "closed", "the VPS's hanging up is not told", size);
  expect((await tunnel.incoming.next()).done, "more after the last connection", size);
}

export async function tooLargeInStream(caller) {
  const out = new Outgoing();
  out.send({ connectionId: id, type: "data", data: Buffer.alloc(overTheLimit) });
  await expectCode(caller.client.proxySSH(out)[Symbol.asyncIterator]().next(), Code.ResourceExhausted);
  await unary(caller);
}
