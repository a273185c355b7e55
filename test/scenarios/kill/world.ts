import { join } from "node:path";
import { freePort } from "../../peers/synapse/index.ts";
import { ROOMY_LIMITS } from "../../support/roomy-limits.ts";
import { WhatsAppSide } from "../../support/whatsapp/side.ts";
import { isPaired, NUMBERS, numberOf, phoneOf } from "./addresses.ts";
import { meet } from "./contacts.ts";
import { type Conversation, isOn } from "./conversations.ts";
import { DaemonSide } from "./daemon-side.ts";
import { type HomeserverSide, loopbackHomeserverSide, mxidOf, synapseSide } from "./homeserver-side.ts";
import { HttpProxy } from "./http-proxy.ts";
import { SmppProxy } from "./smpp-proxy.ts";
import { jsmppSide, loopbackSmscSide, type SmscSide, SYSTEM } from "./smsc-side.ts";

const TOKENS = { asToken: "as-token-of-the-test", hsToken: "hs-token-of-the-test" };
/** How long people may take to be invited and join. */
const JOINED_WITHIN = 60_000;

/** How many submit_sm the daemon may have without an answer. */
export const WINDOW = 10;

/** Everything that runs: the daemon, a homeserver and an SMSC with a proxy before each, and a WhatsApp where somebody is on it. */
export interface World {
  readonly daemon: DaemonSide;
  readonly homeserver: HomeserverSide;
  readonly smsc: SmscSide;
  readonly http: HttpProxy;
  readonly smpp: SmppProxy;
  readonly whatsapp: WhatsAppSide | undefined;
  stop(): Promise<void>;
}

/** Starts all of it; everybody is in their conversation when it resolves. */
export async function startWorld(options: {
  readonly folder: string;
  readonly conversations: readonly Conversation[];
  readonly loopback: boolean;
}): Promise<World> {
  const { folder, conversations, loopback } = options;
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const appservice = { port: await freePort(), ...TOKENS };
    const users = numbersOf(conversations.filter((each) => isOn(each, "matrix")));
    const homeserver = await (loopback ? loopbackHomeserverSide(appservice) : synapseSide(appservice, users));
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
    const people = numbersOf(conversations.filter((each) => isOn(each, "whatsapp")));
    const whatsapp = people.length === 0 ? undefined : await WhatsAppSide.start(people);
    undo.push(async () => whatsapp?.stop());
    const pairs = conversations.filter(isPaired);
    const config = configOf(http.url, appservice.port, smpp.port, pairs, whatsapp?.accounts ?? {});
    const daemon = await DaemonSide.start(folder, config, whatsapp?.env ?? {});
    undo.push(() => daemon.saveOutput(folder));
    undo.push(() => daemon.kill());
    await whatsapp?.link(join(folder, "state"));
    await homeserver.joined(numbersOf(pairs), JOINED_WITHIN);
    const world: World = { daemon, homeserver, smsc, http, smpp, whatsapp, stop };
    for (const conversation of conversations) await meet(world, conversation);
    return world;
  } catch (error) {
    await stop();
    throw error;
  }
}

function numbersOf(conversations: readonly Conversation[]): readonly number[] {
  return conversations.map(({ number }) => number);
}

/** People here write as fast as programs. */
const MUCH = { budget: 1_000_000, per: "1s" };

/** Short pauses and time-outs, so that a stop takes seconds; nothing else differs from a real config. */
function configOf(
  homeserver: string,
  port: number,
  smpp: number,
  pairs: readonly Conversation[],
  more: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return {
    log: { level: "debug" },
    drain: "5s",
    delivery: { firstRetry: "200ms", longestRetry: "2s" },
    limits: { ...ROOMY_LIMITS, messages: MUCH, personMessages: MUCH },
    accounts: {
      ...more,
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
    pairs: pairs.map((pair) => ({
      matrix: mxidOf(pair.number),
      sms: `+${phoneOf(pair.number)}`,
      account: "sms",
      number: `+${numberOf(pair)}`,
      names: { matrix: `Ana ${pair.number}`, sms: `Leo ${pair.number}` },
    })),
  };
}
