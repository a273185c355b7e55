// Transcripts over the daemon as it is, between a Synapse and an SMSC.

import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { readableNumber } from "../../../src/consent/paste-lines.ts";
import { type Milliseconds, SECOND } from "../../../src/model/time.ts";
import { type Cast, DOCUMENTED_NUMBERS, type Network } from "../cast.ts";
import { bindingsAt } from "../known.ts";
import { WHATSAPP_NUMBER } from "../moved.ts";
import type { Stage } from "../player.ts";
import type { PhonesAre } from "../transcript.ts";
import { MatrixPerson } from "./matrix-person.ts";
import type { Networks } from "./networks.ts";
import type { Person } from "./person.ts";
import { PhonePerson } from "./phone-person.ts";
import { RunningDaemon } from "./running.ts";
import { WhatsAppPerson } from "./whatsapp-person.ts";
import { digits, OWN_NUMBER, type WhatsAppSide } from "./whatsapp-side.ts";

/** Synapse is slow on a busy machine. */
const PATIENCE: Milliseconds = 20_000;
/** Long enough for something to come that nobody should read. */
const QUIET: Milliseconds = 300;

/** How the SMSC behaves: what a bind is answered with, and a text. */
const SMSC: Readonly<Record<PhonesAre, { readonly bind: string; readonly submit: string }>> = {
  fine: { bind: "ok", submit: "ok" },
  away: { bind: "0x08", submit: "ok" },
  "no route": { bind: "ok", submit: "0x0b" },
  silent: { bind: "ok", submit: "drop" },
};

/** Counts all people of all transcripts of a file: nobody comes twice. */
let people = 0;

/** A daemon between networks that are there. */
export function startDaemonBetween(
  networks: Networks,
  documented: readonly string[] = DOCUMENTED_NUMBERS,
  whatsapp?: WhatsAppSide,
): Promise<RunningDaemon> {
  const accounts = { ...networks.accounts(dialled(documented)), ...whatsapp?.account() };
  return RunningDaemon.start(accounts, (running) => whatsapp?.pair(running) ?? Promise.resolve());
}

/** Numbers without an area code can't be configured. */
function dialled(documented: readonly string[]): readonly string[] {
  return documented.map((number) => number.replaceAll(" ", "").replace("+1", "+1202"));
}

/**
 * Opens a stage with new people on networks that are there, and a new daemon.
 * @param running a daemon that is there before and after it, between the same networks and with the same numbers
 */
export async function openDaemonStage(
  networks: Networks,
  cast: Cast,
  documented: readonly string[] = DOCUMENTED_NUMBERS,
  whatsapp?: WhatsAppSide,
  running?: RunningDaemon,
): Promise<Stage> {
  const numbers = dialled(documented);
  await networks.smsc.run("set", { ...SMSC.fine, next: -1 });
  whatsapp?.set("fine");
  const daemon = running ?? (await startDaemonBetween(networks, documented, whatsapp));
  const persons = new Map<string, Person>();
  const close = async (): Promise<void> => {
    for (const person of persons.values()) person.leave();
    if (daemon !== running) await daemon.stop();
  };
  try {
    await Promise.all(
      Object.entries(cast).map(async ([who, network]) =>
        persons.set(who, await come(networks, who, network, numbers[0] ?? "", whatsapp)),
      ),
    );
  } catch (error) {
    await close();
    throw error;
  }
  const personOf = (who: string): Person => {
    const person = persons.get(who);
    if (person === undefined) throw new Error(`nobody is called ${who}`);
    return person;
  };
  const addresses = [...persons].map(([who, { address }]) => [who, address] as const);
  return {
    people: [...persons.keys()],
    known: bindingsAt(daemon.clock.now(), addresses),
    numbers: new Map([
      ...documented.flatMap((number, i) => bothWays(number, numbers[i] ?? "")),
      ...(whatsapp === undefined ? [] : bothWays(WHATSAPP_NUMBER, OWN_NUMBER)),
      ...(whatsapp === undefined ? [] : [[digits(WHATSAPP_NUMBER), digits(OWN_NUMBER)] as const]),
    ]),
    patience: PATIENCE,
    writes: (who, place, text) => personOf(who).writes(place, text),
    does: (who, place, deed, to) => personOf(who).does(place, deed, to),
    acts: async (who, place, act) => {
      await personOf(who).acts(place, act);
      await daemon.idle();
    },
    looks: (who, text) => personOf(who).looks(text),
    shown: (who) => personOf(who).shown(),
    waits: (span) => daemon.waits(span),
    phones: (on, are) =>
      on === "phones" ? setPhones(networks, daemon, are) : setWhatsApp(whatsapp, daemon, are),
    settled: async () => {
      await daemon.idle();
      await wait(QUIET);
      for (const person of persons.values()) await person.caughtUp();
      expect(daemon.errors).toEqual([]);
      expect(daemon.logged.filter((line) => addresses.some(([, each]) => names(each, line)))).toEqual([]);
    },
    close,
  };
}

/** Whether a line has somebody's address in it, or the part of it that is theirs alone. */
function names(address: string, line: string): boolean {
  const [, own = address] = /^(?:@|\+1)(\w+)/.exec(address) ?? [];
  return line.includes(own);
}

/** A number as people read it and as it is dialled, there and here. */
function bothWays(documented: string, here: string): readonly (readonly [string, string])[] {
  return [
    [documented, readableNumber(here)],
    [documented.replaceAll(" ", ""), here],
  ];
}

async function come(
  networks: Networks,
  who: string,
  network: Network,
  door: string,
  whatsapp: WhatsAppSide | undefined,
): Promise<Person> {
  people += 1;
  const number = String(people).padStart(3, "0");
  if (network === "matrix") return MatrixPerson.come(networks, `${who}${number}`);
  if (network === "sms") return new PhonePerson(networks, `+12025557${number}`, door);
  if (whatsapp === undefined) throw new Error("this stage has no WhatsApp");
  return WhatsAppPerson.come(whatsapp, `+12025558${number}`, `${who} canary`);
}

async function setPhones({ smsc }: Networks, daemon: RunningDaemon, are: PhonesAre): Promise<void> {
  await smsc.run("set", { ...SMSC[are], next: -1 });
  if (are === "away") await smsc.run("close");
  await knows(daemon, "sms", are);
}

async function setWhatsApp(
  whatsapp: WhatsAppSide | undefined,
  daemon: RunningDaemon,
  are: PhonesAre,
): Promise<void> {
  whatsapp?.set(are);
  await knows(daemon, "whatsapp", are);
}

/** Waits until the daemon knows whether its network is there. */
async function knows(daemon: RunningDaemon, network: Network, are: PhonesAre): Promise<void> {
  await daemon.until(async () => {
    const isConnected = await daemon.isConnected(network);
    if (!isConnected && are !== "away") daemon.clock.skip(5 * SECOND); // it waits before it tries again
    return isConnected === (are !== "away");
  });
}
