import type { Clock } from "../../../src/model/index.ts";
import type { SignalKeys } from "../auth/signal-keys.ts";
import {
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  isPnUser,
  type SignalKeyStoreWithTransaction,
  type SignalRepositoryWithLIDStore,
  type SocketConfig,
} from "../baileys.ts";
import { Lock } from "./lock.ts";
import { Operations, plainKeys } from "./operations.ts";
import type { StanzaBook } from "./stanzas.ts";
import { Taken } from "./taken.ts";
import { patientLookup } from "./unanswered.ts";

interface DurableParts {
  /** Those that baileys has as `auth.keys`. */
  readonly keys: SignalKeys;
  /** Watches each socket that is made with this. */
  readonly book: StanzaBook;
  readonly clock: Pick<Clock, "now">;
}

/** A padded message with nothing in it. */
const NOTHING = Buffer.of(1);

/**
 * What baileys opens and seals messages with: its own, each operation of which is alone and durable before its result is
 * used. What was opened is in the inbox before its session moves on, so that a crash anywhere loses nothing: the stanza
 * comes again, and can still be opened or is known to be taken.
 *
 * Where the store or the inbox fails the connection is closed first. Baileys takes an error for a message that can't be
 * opened, and would tell the server to drop it.
 *
 * Make one for an account, with one book, and use it for all its sockets: its lock is what holds them apart.
 */
export function durableRepository({ keys, book, clock }: DurableParts): SocketConfig["makeSignalRepository"] {
  const operations = new Lock();
  let taken: Promise<Taken> | undefined;
  const loaded = (): Promise<Taken> => {
    taken ??= Taken.load(keys).catch((error: unknown) => {
      taken = undefined; // asked again with the next message
      throw error;
    });
    return taken;
  };
  const mappings = new Lock();
  return ({ creds }, logger, lookup) => {
    const patient = lookup && patientLookup(lookup, clock);
    const make = (own: SignalKeyStoreWithTransaction): Repository =>
      DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys: own }, logger, patient);
    const plain = make(plainKeys(keys, operations, mappings));
    const forgetFailures = keys.onFailure((error) => book.refuse(error));
    return {
      ...plain,
      ...guarded(plain.lidMapping, new Operations(keys, operations, make), book, loaded),
      close: () => {
        forgetFailures();
        plain.close?.();
      },
    };
  };
}

type Repository = SignalRepositoryWithLIDStore;
/** What works with a session, a prekey or a sender key. All else looks, or changes them in one write. */
type Guarded = Pick<
  Repository,
  | "decryptMessage"
  | "decryptGroupMessage"
  | "encryptMessage"
  | "encryptGroupMessage"
  | "injectE2ESession"
  | "processSenderKeyDistributionMessage"
  | "getSenderKeyDistributionMessage"
>;

function guarded(
  mappings: Repository["lidMapping"],
  operations: Operations,
  book: StanzaBook,
  loaded: () => Promise<Taken>,
): Guarded {
  /** Under which name somebody's session is. Looked up before all else waits for the answer. */
  const named = async (jid: string): Promise<string> =>
    isPnUser(jid) ? ((await mappings.getLIDForPN(jid)) ?? jid) : jid;
  const opened = async (
    ciphertext: Uint8Array,
    open: (repository: Repository) => Promise<Uint8Array>,
  ): Promise<Uint8Array> => {
    const known = await loaded();
    const settle = async (padded: Uint8Array): Promise<ReadonlyMap<string, string> | undefined> => {
      if (padded === NOTHING) return undefined;
      const message = await book.take(ciphertext, padded);
      // A sender key in it is stored by an operation of its own, later.
      const isWhole = message !== undefined && !message.senderKeyDistributionMessage;
      return isWhole ? known.add(ciphertext) : undefined;
    };
    try {
      return await operations.run(async (its) => (known.has(ciphertext) ? NOTHING : open(its)), settle);
    } catch (error) {
      known.remove(ciphertext);
      throw error;
    }
  };
  return {
    decryptMessage: async (options) => {
      try {
        const jid = await named(options.jid);
        return await opened(options.ciphertext, (its) => its.decryptMessage({ ...options, jid }));
      } finally {
        book.done(options.ciphertext);
      }
    },
    decryptGroupMessage: (options) =>
      opened(options.msg, (its) => its.decryptGroupMessage(options)).finally(() => book.done(options.msg)),
    encryptMessage: async (options) => {
      const jid = await named(options.jid);
      return operations.run((its) => its.encryptMessage({ ...options, jid }));
    },
    injectE2ESession: async (options) => {
      const { identityKey, signedPreKey } = options.session;
      // libsignal drops what it found (session_builder.js, initOutgoing).
      if (!Curve.verify(identityKey, signedPreKey.publicKey, signedPreKey.signature))
        throw new Error("found a prekey that isn't signed by its device: nothing is sent to it");
      const jid = await named(options.jid);
      await operations.run((its) => its.injectE2ESession({ ...options, jid }));
    },
    processSenderKeyDistributionMessage: (options) =>
      operations.run((its) => its.processSenderKeyDistributionMessage(options)),
    encryptGroupMessage: (options) => operations.run((its) => its.encryptGroupMessage(options)),
    getSenderKeyDistributionMessage: (options) =>
      operations.run((its) => its.getSenderKeyDistributionMessage(options)),
  };
}
