import { matrixDoor } from "../../adapters/matrix/door.ts";
import { smsDoor } from "../../adapters/sms/door.ts";
import { whatsAppDoor } from "../../adapters/whatsapp/door.ts";
import type { Account, AccountHost, AccountState, NativeDesk } from "../../src/adapter/account.ts";
import type { AnyAdapter } from "../../src/adapter/any.ts";
import type { Attempt, Operation, Outcome } from "../../src/adapter/operation.ts";
import type { PairBy, PairingStep } from "../../src/adapter/pairing.ts";
import type { Showing, Shown as ShownNow } from "../../src/adapter/showing.ts";
import type { Capabilities } from "../../src/model/capabilities.ts";
import type { ConfiguredDoor } from "../../src/model/front-door.ts";
import { type DeliveryId, type NetworkName, networkName } from "../../src/model/ids.ts";
import { type Sensitive, sensitive } from "../../src/model/sensitive.ts";

/** Something that a network shows to its people. */
interface Shown {
  readonly id: DeliveryId;
  readonly portal: string;
  readonly text: string;
  readonly kind: "text" | "notice";
  /** When it was written, as the bridge says. */
  readonly at: number;
  /** The network's own id of it. */
  readonly ref: string;
  /** Its place among all that was shown, on whatever network. */
  readonly order: number;
}

const WHATSAPP = networkName("whatsapp");

/** What was shown last has this place. */
let lastShown = 0;

/** The place of what was shown last: what is shown from now on has a higher one. */
export function shownSoFar(): number {
  return lastShown;
}

/** How strangers reach a scripted account: the first number is its front door. */
export interface Presence {
  readonly numbers?: readonly string[];
  readonly user?: string;
}

/** One call of `perform`. */
interface Performed {
  readonly operation: Operation;
  readonly number: number;
  readonly resumed: string | undefined;
}

/** What a network does with an operation; it marks the attempt by itself, as an adapter has to. */
type Step = (operation: Operation, attempt: Attempt, network: ScriptedNetwork) => Promise<Outcome>;

/** A network in memory: it outlives the accounts on it, as real ones outlive the daemon. */
export class ScriptedNetwork {
  /** What its people see, in the order in which it came. */
  readonly shown: Shown[] = [];
  /** Every `perform` of every account on it, in order. */
  readonly performed: Performed[] = [];
  /** Native threads that were opened, by whom they are with; the newest. */
  readonly opened = new Map<string, string>();
  /** What native threads are called, and whom they are with. */
  readonly titles = new Map<string, { readonly to: string; readonly title: string }>();
  /** What was shown for a while, in order; `gone`: it was taken away. `null`: nothing can be shown. */
  showings: { readonly portal: string; readonly showing: Showing; gone: boolean }[] | null = [];
  /** How its accounts are linked with a phone. */
  pairing: (by: PairBy, signal: AbortSignal) => AsyncIterable<PairingStep> = async function* () {};
  /** Where its accounts stand when they have started. */
  stand: AccountState = { kind: "connected" };
  /** How many operations were under way at a time, at most. */
  most = 0;
  readonly #dedupes: boolean;
  readonly #known = new Map<string, string>();
  readonly #plans: { step: Step; applies: (operation: Operation) => boolean; left: number }[] = [];
  #underWay = 0;

  /** `dedupes`: an operation's id is recognised, and done once. */
  constructor(dedupes: boolean) {
    this.#dedupes = dedupes;
  }

  /** How the next `times` operations go to which it applies: texts, unless it is said otherwise. */
  next(step: Step, applies: (operation: Operation) => boolean = isText, times = 1): void {
    this.#plans.push({ step, applies, left: times });
  }

  /** From now on, until `clear`. */
  always(step: Step, applies: (operation: Operation) => boolean = isText): void {
    this.next(step, applies, Number.POSITIVE_INFINITY);
  }

  /** Back to taking everything. */
  clear(): void {
    this.#plans.length = 0;
  }

  async perform(operation: Operation, attempt: Attempt): Promise<Outcome> {
    this.performed.push({ operation, number: attempt.number, resumed: attempt.resumed?.expose() });
    this.#underWay += 1;
    this.most = Math.max(this.most, this.#underWay);
    try {
      const plan = this.#plans.find(({ applies, left }) => left > 0 && applies(operation));
      if (plan !== undefined) plan.left -= 1;
      return await (plan?.step ?? taken)(operation, attempt, this);
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Does an operation, once for each id if it recognises them; gives its ref. */
  take(operation: Operation): string {
    const known = this.#known.get(operation.id);
    if (known !== undefined && this.#dedupes) return known;
    const ref = `ref-canary-${operation.id}-${this.shown.length}`;
    this.#known.set(operation.id, ref);
    if (operation.kind === "openPortal") this.#open(operation);
    if (operation.kind === "updatePortal") this.#rename(operation);
    if (operation.kind === "send" && operation.content.kind !== "unbridgeable") {
      const { text, kind } = operation.content;
      const { at, id, portal } = operation;
      lastShown += 1;
      this.shown.push({ id, portal: portal.expose(), text, kind, at, ref, order: lastShown });
    }
    return ref;
  }

  #open({ alias, profile, to }: Extract<Operation, { kind: "openPortal" }>): void {
    const portal = portalNamed(alias);
    const title = profile === "bridge" ? OWN_ROOM : (profile.title ?? profile.name);
    this.opened.set(to.expose(), portal);
    this.titles.set(portal, { to: to.expose(), title });
  }

  /** Whether a room was opened in which there is somebody beside the bridge. */
  standsForSomebody(portal: string): boolean {
    return (this.titles.get(portal)?.title ?? OWN_ROOM) !== OWN_ROOM;
  }

  #rename({ portal, profile }: Extract<Operation, { kind: "updatePortal" }>): void {
    const known = this.titles.get(portal.expose());
    if (known !== undefined)
      this.titles.set(portal.expose(), { ...known, title: profile.title ?? profile.name });
  }

  /** What is read in a portal, oldest first. */
  texts(portal?: string, kind?: Shown["kind"]): string[] {
    return this.shown
      .filter((each) => portal === undefined || each.portal === portal)
      .filter((each) => kind === undefined || each.kind === kind)
      .map(({ text }) => text);
  }

  /** What was asked of it, in short. */
  get kinds(): string[] {
    return this.performed.map(({ operation }) => operation.kind);
  }
}

export function isText(operation: Operation): boolean {
  return operation.kind === "send" && operation.content.kind === "text";
}

export function isNotice(operation: Operation): boolean {
  return operation.kind === "send" && operation.content.kind === "notice";
}

export function isKind(kind: Operation["kind"]): (operation: Operation) => boolean {
  return (operation) => operation.kind === kind;
}

/** What a room is called in which the bridge speaks by itself. */
export const OWN_ROOM = "Footbridge";

function portalNamed(alias: string): string {
  return `!${alias}:canary.example`;
}

/** It is taken and said to be. */
export const taken: Step = async (operation, attempt, network) => {
  await attempt.mark();
  return doneBy(operation, network);
};

function doneBy(operation: Operation, network: ScriptedNetwork): Outcome {
  const ref = network.take(operation);
  if (operation.kind !== "openPortal") return { kind: "done", refs: [sensitive(ref)] };
  const portal = portalNamed(operation.alias);
  return { kind: "done", refs: [], opened: { portal: sensitive(portal), chat: sensitive(portal) } };
}

/** Nothing happens, and `outcome` is what it says. */
export function answers(outcome: Outcome, { marked = true } = {}): Step {
  return async (_operation, attempt) => {
    if (marked) await attempt.mark();
    return outcome;
  };
}

/** It is taken, and `outcome` is all that is heard of it. */
export function takenButAnswers(outcome: Outcome): Step {
  return async (operation, attempt, network) => {
    await attempt.mark();
    network.take(operation);
    return outcome;
  };
}

/** Marks, waits, then takes it; ends with the attempt's signal. */
export function heldUntil(free: Promise<unknown>): Step {
  return async (operation, attempt, network) => {
    await attempt.mark();
    const { signal } = attempt;
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      free.then(() => resolve(), reject);
    });
    return doneBy(operation, network);
  };
}

/** It is taken, and that is heard later. */
export function takenThenHeldUntil(free: Promise<unknown>): Step {
  return async (operation, attempt, network) => {
    await attempt.mark();
    const outcome = doneBy(operation, network);
    await free;
    return outcome;
  };
}

/** An account on a scripted network. */
export class ScriptedAccount implements Account {
  readonly capabilities: Capabilities;
  readonly host: AccountHost;
  readonly frontDoor?: ConfiguredDoor;
  readonly numbers?: readonly Sensitive<string>[];
  protected readonly network: ScriptedNetwork;
  #intake = true;

  constructor(
    capabilities: Capabilities,
    network: ScriptedNetwork,
    host: AccountHost,
    { numbers, user }: Presence = {},
  ) {
    this.capabilities = capabilities;
    this.network = network;
    this.host = host;
    if (user !== undefined) this.frontDoor = matrixDoor(user);
    if (numbers?.[0] === undefined) return;
    this.frontDoor = (capabilities.network === WHATSAPP ? whatsAppDoor : smsDoor)(numbers[0]);
    this.numbers = numbers.map((number) => sensitive(number));
  }

  async start(signal: AbortSignal): Promise<void> {
    this.host.report(this.network.stand);
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    this.host.report({ kind: "stopped" });
  }

  async stopIntake(): Promise<void> {
    this.#intake = false;
  }

  get takesIn(): boolean {
    return this.#intake;
  }

  perform(operation: Operation, attempt: Attempt): Promise<Outcome> {
    return this.network.perform(operation, attempt);
  }

  async show(portal: Sensitive<string>, showing: Showing): Promise<ShownNow | undefined> {
    const { showings } = this.network;
    if (showings === null) return undefined;
    const entry = { portal: portal.expose(), showing, gone: false };
    showings.push(entry);
    return {
      remove: async () => {
        entry.gone = true;
      },
    };
  }

  async deskOf(chat: Sensitive<string>): Promise<NativeDesk | undefined> {
    if (chat.expose().startsWith(SHARED_ROOM) || this.network.standsForSomebody(chat.expose()))
      return undefined;
    return chat.expose().startsWith(ENCRYPTED_ROOM) ? { portal: chat, encrypted: true } : { portal: chat };
  }

  async stop(): Promise<void> {}
}

/** An account whose portals are there by a number and a phone. */
class ScriptedNumbers extends ScriptedAccount {
  portalOf(number: Sensitive<string>, to: Sensitive<string>) {
    const portal = givenPortal(number.expose(), to.expose());
    return { portal: sensitive(portal), chat: sensitive(portal) };
  }

  pair(by: PairBy, signal: AbortSignal): AsyncIterable<PairingStep> {
    return this.network.pairing(by, signal);
  }

  override async deskOf(chat: Sensitive<string>) {
    const [number = ""] = chat.expose().split(" ");
    return { portal: chat, number: sensitive(number) };
  }
}

/** What the name of a chat begins with in which others are, too. */
export const SHARED_ROOM = "!shared";
/** What the name of a chat begins with in which people encrypt. */
export const ENCRYPTED_ROOM = "!encrypted";

export function givenPortal(number: string, phone: string): string {
  return `${number} ${phone}`;
}

/** Makes accounts of a network as the registry does. `opened` gets each that is made. */
export function scriptedAdapter(
  capabilities: Capabilities,
  network: ScriptedNetwork,
  opened: (account: ScriptedAccount) => void,
  presence: Presence = {},
): AnyAdapter {
  return {
    network: capabilities.network,
    config: { safeParse: (input) => ({ success: true, data: input }) },
    canonical: (address) => address,
    open: (_config, host) => {
      const Kind = capabilities.portals === "given" ? ScriptedNumbers : ScriptedAccount;
      const account = new Kind(capabilities, network, host, presence);
      opened(account);
      return account;
    },
  };
}

/** What a scripted account can do, unless a test wants it otherwise. */
export function scriptedCapabilities(
  network: NetworkName,
  title: string,
  portals: Capabilities["portals"],
  more: Partial<Capabilities> = {},
): Capabilities {
  return {
    network,
    title,
    features: { formatted: "full", edit: "none", reaction: "none", delete: "none", reply: "none" },
    encryption: "none",
    portals,
    repeatSafe: 0,
    concurrency: 8,
    optOutWords: false,
    receipts: { delivered: true, read: false },
    ...more,
  };
}
