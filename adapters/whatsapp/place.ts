import type { AccountHost, AccountState } from "../../src/adapter/index.ts";
import { type Milliseconds, SECOND } from "../../src/model/index.ts";
import { type Auth, forgetAuth, openAuth } from "./auth/auth.ts";
import { AuthRolledBack, AuthUnreadable } from "./auth/errors.ts";
import { proveSignatures, type WASocket } from "./baileys.ts";
import type { WhatsAppConfig } from "./config.ts";
import { Keeper } from "./connection/keeper.ts";
import { GroupBook } from "./groups/book.ts";
import { FreshGroups } from "./groups/fresh.ts";
import { Groups } from "./groups/groups.ts";
import { GroupQueries } from "./groups/queries.ts";
import { Words } from "./inbound/heard.ts";
import { WhatsAppInbox } from "./inbound/inbox.ts";
import { Listener } from "./inbound/listener.ts";
import { Rooms } from "./inbound/rooms.ts";
import type { Own } from "./inbound/stanza.ts";
import { PeopleNotes } from "./notes.ts";
import { Pacing } from "./outbound/pacing.ts";
import { Restriction } from "./outbound/restriction.ts";
import { RetryCounts } from "./outbound/retry-counts.ts";
import { Sender } from "./outbound/sender.ts";
import { Sent } from "./outbound/sent.ts";
import { addressOf, People } from "./people.ts";
import { durableRepository } from "./signal/repository.ts";
import { StanzaBook } from "./signal/stanzas.ts";

/** How long a store that is away is left alone. */
export const UNOPENED: Milliseconds = SECOND;
/** How long the server's ack of a message may take. */
const ANSWER_WITHIN: Milliseconds = 10 * SECOND;

/** What an account's place in WhatsApp is made of. */
interface PlaceParts {
  readonly config: WhatsAppConfig;
  readonly host: AccountHost;
  readonly report: (state: AccountState) => void;
}

/** `lost`: the keys can't be used any more; with new ones it can be linked again. `barred`: it mustn't run at all. */
type Opened =
  | { readonly kind: "open"; readonly place: Place }
  | { readonly kind: "away" }
  | { readonly kind: "lost" | "barred"; readonly state: AccountState };

/**
 * Opens the account's keys and puts all of its parts together; nothing is connected yet.
 * @param anew whether keys that are lost are to be forgotten
 */
export async function openPlace(parts: PlaceParts, anew: boolean): Promise<Opened> {
  const { host } = parts;
  try {
    proveSignatures();
  } catch (error) {
    host.log.error("whatsapp.signatures.unproved", { error: nameOf(error) });
    const remedy =
      "the installed baileys isn't the one that Footbridge names: install it anew, and start again";
    return { kind: "barred", state: { kind: "misconfigured", reason: "internal", remedy } };
  }
  try {
    if (anew) await forgetAuth(host.storage);
    const place = new Place(parts, await openAuth(host.storage));
    await place.load();
    return { kind: "open", place };
  } catch (error) {
    host.log.warn("whatsapp.keys.unopened", { error: nameOf(error) });
    const remedy = remedyOf(error, host.account);
    return remedy === undefined
      ? { kind: "away" }
      : { kind: "lost", state: { kind: "misconfigured", reason: "unauthorised", remedy } };
  }
}

function remedyOf(error: unknown, account: string): string | undefined {
  const again = `pair it again with "footbridge whatsapp pair ${account}"`;
  if (error instanceof AuthRolledBack)
    return `its keys in Redis are older than what was sent with them: ${again}`;
  if (error instanceof AuthUnreadable)
    return `its keys in Redis can't be read: put the state folder's keys back, or ${again}`;
  return undefined;
}

/** An account's place in WhatsApp, with all that works in it. */
export class Place {
  readonly keeper: Keeper;
  readonly sender: Sender;
  readonly groups: Groups;
  readonly #config: WhatsAppConfig;
  readonly #auth: Auth;
  readonly #host: AccountHost;
  readonly #inbox: WhatsAppInbox;
  readonly #book: StanzaBook;
  readonly #listener: Listener;
  readonly #restriction: Restriction;
  readonly #counts: RetryCounts;
  readonly #sent: Sent;
  readonly #fresh = new FreshGroups();
  /** The last socket that was made: its memory of LIDs is asked. */
  #socket: WASocket | undefined;

  constructor({ config, host, report }: PlaceParts, auth: Auth) {
    const { storage, clock, random } = host;
    const own = (): Own => this.#own();
    const notes = new PeopleNotes(storage);
    const words = new Words();
    const people = new People({
      lidOf: async (jid) => (await this.#lids?.getLIDForPN(jid)) ?? undefined,
      phoneOf: async (lid) => (await this.#lids?.getPNForLID(lid)) ?? undefined,
      goesByPhone: (phone) => notes.goesByPhone(phone),
      nameByPhone: (phone) => notes.nameByPhone(phone),
    });
    this.#config = config;
    this.#auth = auth;
    this.#host = host;
    this.#restriction = new Restriction(storage, clock, random, (until) => this.keeper.restrict(until));
    this.#counts = new RetryCounts(storage, clock);
    this.#sent = new Sent(storage, clock);
    const pacing = new Pacing(config.pacing, clock, random);
    this.groups = new Groups({
      host,
      own,
      people,
      book: new GroupBook(storage),
      pacing,
      restriction: this.#restriction,
      ask: (signal) => this.#queries(signal),
    });
    const rooms = new Rooms({ own, people, groups: this.groups });
    this.#inbox = new WhatsAppInbox({ host, own, rooms, notes, words });
    this.#book = new StanzaBook({ inbox: this.#inbox, clock });
    this.#listener = new Listener({ host, own, rooms, inbox: this.#inbox, restriction: this.#restriction });
    this.keeper = this.#keeper(report);
    this.sender = new Sender({
      host,
      own,
      line: () => this.keeper.current(),
      notes,
      words,
      sent: this.#sent,
      pacing,
      restriction: this.#restriction,
      groups: this.groups,
      fresh: this.#fresh,
      answerWithin: ANSWER_WITHIN,
    });
  }

  /** Reads what earlier processes left. */
  async load(): Promise<void> {
    await this.#counts.load();
    await this.#restriction.load();
  }

  /** Runs until the signal is aborted. */
  async run(until: AbortSignal): Promise<void> {
    await Promise.all([this.keeper.start(until), this.#counts.run(until), this.#sent.run(until)]);
  }

  /** Takes nothing more in. What comes from now on isn't acknowledged, and comes again; sending goes on. */
  async stopIntake(): Promise<void> {
    this.#listener.stop();
    await this.#inbox.stop();
  }

  async flush(): Promise<void> {
    await this.#counts.flush();
  }

  get #lids() {
    return this.#socket?.signalRepository.lidMapping;
  }

  /** Over the connection that sends; for what comes before it does, over the one that brought it. */
  #queries(signal: AbortSignal | undefined): GroupQueries | undefined {
    const socket = signal === undefined ? this.#socket : this.keeper.current()?.socket;
    return socket && new GroupQueries(socket, signal);
  }

  #own(): Own {
    const { me } = this.#auth.state.creds;
    const [phone, lid] = [addressOf(me?.id), addressOf(me?.lid)];
    return {
      number: this.#config.number,
      ...(phone === undefined ? {} : { phone }),
      ...(lid === undefined ? {} : { lid }),
    };
  }

  #keeper(report: (state: AccountState) => void): Keeper {
    const { clock } = this.#host;
    const { keys } = this.#auth.state;
    return new Keeper({
      config: this.#config,
      auth: this.#auth,
      host: this.#host,
      hooks: {
        makeSignalRepository: durableRepository({ keys, book: this.#book, clock }),
        getMessage: ({ id }) => this.#sent.find(id ?? ""),
        msgRetryCounterCache: this.#counts,
        cachedGroupMetadata: async (group) => this.#fresh.find(group),
        made: (socket) => {
          this.#socket = socket;
          this.#book.watch(socket.ws);
          this.#listener.listen(socket);
        },
      },
      onState: report,
    });
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
