import { type MatrixConfig, matrix, registrationOf } from "../../../adapters/matrix/index.ts";
import { JSMPP_CACHE } from "../../../scripts/testing/peers.ts";
import { freePort, type Synapse, startSynapse } from "../../peers/synapse/index.ts";
import { HttpProxy } from "../../scenarios/kill/http-proxy.ts";
import { buildJsmpp, JsmppSmsc } from "../../support/jsmpp.ts";
import { TakenEvents } from "./taken-events.ts";

const TOKENS = { asToken: "as-token-of-the-test", hsToken: "hs-token-of-the-test" };
const SYSTEM = { systemId: "fb", password: "pw" };

/** The server name of the transcripts. */
const SERVER = "example.org";

/** A text as a phone shows it. */
export interface PhoneText {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly at: number;
}

/** A real homeserver, with a proxy that sees what the daemon was told, and an SMSC. */
export class Networks {
  readonly synapse: Synapse;
  readonly smsc: JsmppSmsc;
  readonly taken = new TakenEvents();
  /** All texts that came to phones. */
  readonly texts: PhoneText[] = [];
  readonly #proxy: HttpProxy;
  readonly #port: number;

  private constructor(synapse: Synapse, smsc: JsmppSmsc, proxy: HttpProxy, port: number) {
    this.synapse = synapse;
    this.smsc = smsc;
    this.#proxy = proxy;
    this.#port = port;
    proxy.onPoll = (step) => this.taken.onPoll(step);
    smsc.onEvent = ({ event, from, to, text }) => {
      if (event !== "message") return;
      this.texts.push({ from: `+${from}`, to: `+${to}`, text: String(text), at: Date.now() });
    };
  }

  static async open(): Promise<Networks> {
    const port = await freePort();
    const registration = registrationOf(configOf("http://127.0.0.1:1", port));
    // A daemon that begins anew begins now, not where the one before it began two minutes ago.
    const caches = { global_factor: 0.5, sync_response_cache_duration: "0s" };
    const synapse = await startSynapse({ registration, extra: { server_name: SERVER, caches } });
    const settings = { system_id: SYSTEM.systemId, password: SYSTEM.password };
    const smsc = await JsmppSmsc.start(await buildJsmpp(JSMPP_CACHE), settings);
    const proxy = new HttpProxy();
    proxy.target = Number(new URL(synapse.url).port);
    await proxy.open();
    return new Networks(synapse, smsc, proxy, port);
  }

  /** `accounts` of the daemon's config. */
  accounts(numbers: readonly string[]): Readonly<Record<string, unknown>> {
    const { url } = this.#proxy;
    const link = { name: "a", host: "127.0.0.1", port: this.smsc.port, ...SYSTEM, responseTimeoutSeconds: 2 };
    return { matrix: matrixAccount(url, this.#port), sms: { network: "sms", numbers, links: [link] } };
  }

  async close(): Promise<void> {
    await this.#proxy.stop();
    await this.smsc.stop();
    await this.synapse.stop();
  }
}

function matrixAccount(url: string, port: number): Readonly<Record<string, unknown>> {
  return { network: "matrix", homeserver: { url, name: SERVER }, appservice: { port, ...TOKENS } };
}

function configOf(url: string, port: number): MatrixConfig {
  const parsed = matrix.config.safeParse(matrixAccount(url, port));
  if (!parsed.success) throw new Error("the test's config is wrong");
  return parsed.data;
}
