import { Code, ConnectError } from "@connectrpc/connect";

export function expect(holds, complaint, found) {
  if (!holds) {
    throw new Error(`${complaint}: ${JSON.stringify(found, (_, value) => (typeof value === "bigint" ? `${value}` : value))}`);
  }
}

/** The error that a call must end with. */
export async function expectCode(call, code) {
  try {
    await call;
  } catch (failure) {
    const refused = ConnectError.from(failure);
    expect(refused.code === code, `expected ${Code[code]}, got ${Code[refused.code]}`, refused.message);
    return refused;
  }
  throw new Error(`expected ${Code[code]}, got an answer`);
}

/** The error's detail of that type. */
export function detail(refused, schema) {
  const [found] = refused.findDetails(schema);
  expect(found, `no ${schema.typeName} in`, refused.message);
  return found;
}

/** What the caller of a stream says, piece by piece; an async iterable that ends at end(). */
export class Outgoing {
  #waiting = [];
  #wake = () => {};
  #ended = false;

  send(message) {
    this.#waiting.push(message);
    this.#wake();
  }

  end() {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      while (this.#waiting.length > 0) {
        yield this.#waiting.shift();
      }
      if (this.#ended) {
        return;
      }
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }
}
