import { randomBytes } from "node:crypto";
import { freePort } from "../../peers/synapse/process.ts";
import { type Fault, type Homeserver, startHomeserver } from "../../support/homeserver.ts";
import type { Call } from "../../support/homeserver-routes.ts";
import { positionOf } from "../../support/homeserver-sync.ts";
import type { ConformanceFixture, Said, SendFault, TestNetwork } from "../fixture.ts";

const AS_TOKEN = "canary-as-token";
const HS_TOKEN = "canary-hs-token";
const WRONG = "canary-of-a-wrong-token";
const OURS = /^@(footbridge|_fb_)/;

const FAULTS: Readonly<Record<SendFault, Fault>> = {
  throttled: { kind: "status", status: 429, body: '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":50}' },
  refused: { kind: "status", status: 400, body: '{"errcode":"M_BAD_JSON","error":"canary"}' },
  lost: { kind: "status", status: 502, body: "<html>a proxy's page</html>", after: "done" },
  silent: { kind: "hang" },
};

/** The loopback homeserver for the conformance suite. */
export const matrixFixture: ConformanceFixture = {
  start: async () => {
    const port = await freePort();
    const appservice = { url: `http://127.0.0.1:${port}`, hsToken: HS_TOKEN };
    return new HomeserverNetwork(await startHomeserver({ asToken: AS_TOKEN, appservice }), port);
  },
};

class HomeserverNetwork implements TestNetwork {
  readonly secrets = [AS_TOKEN, HS_TOKEN, WRONG];
  readonly #homeserver: Homeserver;
  readonly #port: number;
  /** How far the bridge says, in its polls, that it has everything. */
  #since = 0;

  constructor(homeserver: Homeserver, port: number) {
    this.#homeserver = homeserver;
    this.#port = port;
    // It fits no request: it only looks at each.
    homeserver.fail((call) => this.#look(call), { kind: "hang" });
  }

  get config(): unknown {
    return this.#configWith(AS_TOKEN);
  }

  get wrongConfig(): unknown {
    return this.#configWith(WRONG);
  }

  person(): string {
    return `@canary-${randomBytes(6).toString("hex")}:localhost`;
  }

  join(person: string, chat: string): void {
    this.#homeserver.userJoins(chat, person);
  }

  says(person: string, chat: string, text: string): Said {
    this.#homeserver.userSends(chat, person, text);
    return this.#said();
  }

  saysUnbridgeable(person: string, chat: string): Said {
    const image = { msgtype: "m.image", body: "canary.jpg", url: "mxc://localhost/canary" };
    this.#homeserver.userSendsEvent(chat, person, "m.room.message", image);
    return this.#said();
  }

  receipt(person: string, chat: string, ref: string): void {
    this.#homeserver.receipt(chat, person, ref);
  }

  types(person: string, chat: string): void {
    this.#homeserver.typing(chat, [person]);
  }

  shown(_: string, chat: string): readonly string[] {
    return this.#homeserver
      .shown(chat)
      .filter(({ sender }) => OURS.test(sender))
      .map(({ body }) => body);
  }

  requests(): number {
    let count = 0;
    for (const [name, calls] of this.#homeserver.calls) {
      const isHarmless = name.startsWith("GET ") || name === "POST appservice";
      if (!isHarmless) count += calls;
    }
    return count;
  }

  fail(fault: SendFault): void {
    this.#homeserver.fail(({ method, path }) => method === "PUT" && path[2] === "send", FAULTS[fault]);
  }

  away(): Promise<void> {
    return this.#homeserver.outage();
  }

  back(): Promise<void> {
    return this.#homeserver.resume();
  }

  stop(): Promise<void> {
    return this.#homeserver.stop();
  }

  #configWith(asToken: string): unknown {
    return {
      network: "matrix",
      homeserver: { url: this.#homeserver.url, name: "localhost" },
      appservice: { port: this.#port, asToken, hsToken: HS_TOKEN },
      requestTimeoutMs: 2_000,
    };
  }

  #look({ path, query }: Call): boolean {
    if (path[0] === "sync") this.#since = positionOf(query.get("since") ?? undefined) ?? this.#since;
    return false;
  }

  #said(): Said {
    const at = this.#homeserver.state.position;
    return { taken: () => this.#since >= at };
  }
}
