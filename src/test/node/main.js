// The clients of @connectrpc/connect-node against a real gateway. Usage, output and environment are those of the Go
// program in src/test/go/main.go.
import { readFileSync } from "node:fs";
import { argv, env, exit, stderr } from "node:process";
import { createClient } from "@connectrpc/connect";
import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { VPSGatewayService } from "./gen/gateway_service_pb.js";
import * as streams from "./streams.js";
import * as tunnel from "./tunnel.js";
import * as unary from "./unary.js";

const patienceMs = 120_000;

const cases = {
  "unary": unary.unary,
  "allocate-and-release": unary.allocateAndRelease,
  "error-details": unary.errorDetails,
  "field-violations": unary.fieldViolations,
  "wrong-secret": unary.wrongSecret,
  "many-at-once": unary.manyAtOnce,
  "metadata": unary.metadata,
  "gzip-requests": unary.gzipRequests,
  "gzip-answers": unary.gzipAnswers,
  "too-large-unary": unary.tooLargeUnary,
  "too-large-in-stream": tunnel.tooLargeInStream,
  "cancel": streams.cancelled,
  "cancel-unary": unary.cancelled,
  "deadline": streams.deadline,
  "register": streams.register,
  "register-late": streams.registerLate,
  "ssh-banner": tunnel.banner,
  "ssh-refused": tunnel.refused,
  "ssh-side-by-side": tunnel.sideBySide,
  "ssh-100-mib": tunnel.hundredMebibytes,
};

const protocols = {
  "connect": (options) => createConnectTransport({ ...options, useBinaryFormat: true }),
  "connect-json": (options) => createConnectTransport({ ...options, useBinaryFormat: false }),
  "grpc": createGrpcTransport,
  "grpc-web": createGrpcWebTransport,
};

/** One run of one case: its clients, and the time that it has. */
class Caller {
  #sessions = [];

  constructor(protocol) {
    this.protocol = protocol;
    this.vps = env.VPS;
    this.echoPort = Number(env.VPS_ECHO_PORT);
    this.dnsmasq = Number(env.DNSMASQ_PID);
    this.secret = env.GATEWAY_SECRET;
    this.client = this.with({});
  }

  /** A client with other options of the transport, and another secret where one is given. */
  with({ secret = this.secret, ...options }) {
    const sessionManager = new Http2SessionManager(env.GATEWAY_URL);
    this.#sessions.push(sessionManager);
    const addSecret = (next) => (request) => {
      request.header.set("x-api-secret", secret);
      return next(request);
    };
    const transport = protocols[this.protocol]({
      baseUrl: env.GATEWAY_URL,
      httpVersion: "2",
      sessionManager,
      interceptors: [addSecret],
      defaultTimeoutMs: patienceMs,
      ...options,
    });
    return createClient(VPSGatewayService, transport);
  }

  withGzipRequests() {
    return this.with({ sendCompression: compressionGzip, compressMinBytes: 0 });
  }

  withoutCompression() {
    return this.with({ acceptCompression: [] });
  }

  close() {
    this.#sessions.forEach((session) => session.abort());
  }
}

/** The failure of a case, or "". */
async function run(name, protocol) {
  const caller = new Caller(protocol);
  try {
    if (!cases[name]) {
      return "this client has no case of that name";
    }
    await cases[name](caller);
    return "";
  } catch (failure) {
    return failure.stack ?? String(failure);
  } finally {
    caller.close();
  }
}

const [, , file, protocol] = argv;
if (!file || !protocols[protocol]) {
  stderr.write("usage: main.js CASES connect|connect-json|grpc|grpc-web\n");
  exit(64);
}
for (const line of readFileSync(file, "utf8").split("\n")) {
  const [name] = line.split(/\s/, 1);
  if (name && name !== "#") {
    console.log(JSON.stringify({ case: name, failure: await run(name, protocol) }));
  }
}
