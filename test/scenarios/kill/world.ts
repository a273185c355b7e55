import { english } from "../../../src/model/texts.ts";
import { freePort } from "../../peers/synapse/index.ts";
import { ROOMY_LIMITS } from "../../support/roomy-limits.ts";
import { DaemonSide } from "./daemon-side.ts";
import { type HomeserverSide, loopbackHomeserverSide, mxidOf, synapseSide } from "./homeserver-side.ts";
import { HttpProxy } from "./http-proxy.ts";
import { SmppProxy } from "./smpp-proxy.ts";
import { jsmppSide, loopbackSmscSide, type SmscSide, SYSTEM } from "./smsc-side.ts";

const TOKENS = { asToken: "as-token-of-the-test", hsToken: "hs-token-of-the-test" };
const NUMBERS = ["+12025550111", "+12025550112"] as const;
/** How long people may take to be invited and join. */
const JOINED_WITHIN = 60_000;

/** How many submit_sm the daemon may have without an answer. */
export const WINDOW = 10;

/** Everything that runs: the daemon, a homeserver and an SMSC with a proxy before each. */
export interface World {
  readonly daemon: DaemonSide;
  readonly homeserver: HomeserverSide;
  readonly smsc: SmscSide;
  readonly http: HttpProxy;
  readonly smpp: SmppProxy;
  stop(): Promise<void>;
}

/** A phone's number, as the SMSC writes it. */
export function phoneOf(conversation: number): string {
  return `1202555${String(2_000 + conversation)}`;
}

/** The number of ours that a conversation's phone texts. */
export function numberOf(conversation: number): string {
  return (NUMBERS[conversation % NUMBERS.length] ?? NUMBERS[0]).slice(1);
}

/** What a sender is told, word for word. */
export function noticesTo(conversation: number): {
  readonly unsure: string;
  readonly givenUp: string;
  readonly givenUpToPhone: string;
} {
  const [matrix, sms] = namesOf(conversation);
  return {
    unsure: english.unsure({ name: sms }),
    givenUp: english.givenUp({ name: sms }),
    givenUpToPhone: english.givenUp({ name: matrix }),
  };
}

function namesOf(conversation: number): readonly [matrix: string, sms: string] {
  return [`Ana ${conversation}`, `Leo ${conversation}`];
}

/** Starts all of it, with so many conversations; everybody has joined when it resolves. */
export async function startWorld(options: {
  readonly folder: string;
  readonly conversations: number;
  readonly loopback: boolean;
}): Promise<World> {
  const { folder, conversations, loopback } = options;
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const appservice = { port: await freePort(), ...TOKENS };
    const homeserver = await (loopback ? loopbackHomeserverSide : synapseSide)(appservice, conversations);
    undo.push(() => homeserver.stop());
    const smsc = await (loopback ? loopbackSmscSide : jsmppSide)();
    undo.push(() => smsc.stop());
    const http = new HttpProxy();
    http.target = homeserver.port;
    await http.open();
    undo.push(() => http.stop());
    const smpp = new SmppProxy();
    smpp.target = smsc.port;
    await smpp.open();
    undo.push(() => smpp.close());
    const daemon = await DaemonSide.start(
      folder,
      configOf(http.url, appservice.port, smpp.port, conversations),
    );
    undo.push(() => daemon.kill());
    await homeserver.joined(JOINED_WITHIN);
    return { daemon, homeserver, smsc, http, smpp, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Short pauses and time-outs, so that a stop takes seconds; nothing else differs from a real config. */
function configOf(
  homeserver: string,
  port: number,
  smpp: number,
  conversations: number,
): Readonly<Record<string, unknown>> {
  return {
    log: { level: "debug" },
    drain: "5s",
    delivery: { firstRetry: "200ms", longestRetry: "2s" },
    limits: ROOMY_LIMITS,
    accounts: {
      matrix: {
        network: "matrix",
        homeserver: { url: homeserver, name: "localhost" },
        appservice: { port, ...TOKENS },
        requestTimeoutMs: 5_000,
      },
      sms: {
        network: "sms",
        numbers: NUMBERS,
        links: [
          {
            name: "a",
            host: "127.0.0.1",
            port: smpp,
            ...SYSTEM,
            window: WINDOW,
            responseTimeoutSeconds: 3,
            enquireLinkSeconds: 5,
          },
        ],
      },
    },
    pairs: Array.from({ length: conversations }, (_, at) => ({
      matrix: mxidOf(at),
      sms: `+${phoneOf(at)}`,
      account: "sms",
      number: `+${numberOf(at)}`,
      names: { matrix: namesOf(at)[0], sms: namesOf(at)[1] },
    })),
  };
}
