import type { Clock } from "../../../src/model/index.ts";
import type { SignalKeys } from "../auth/signal-keys.ts";
import {
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  isPnUser,
  type SignalRepositoryWithLIDStore,
  type SocketConfig,
} from "../baileys.ts";
import { OperationKeys } from "./keys.ts";
import { Lock } from "./lock.ts";
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
  return ({ creds }, logger, lookup) => {
    const own = new OperationKeys(keys, operations);
    const patient = lookup && patientLookup(lookup, clock);
    const made = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys: own }, logger, patient);
    const forgetFailures = keys.onFailure((error) => book.refuse(error));
    return {
      ...made,
      ...guarded(made, own, book, loaded),
      close: () => {
        forgetFailures();
        made.close?.();
      },
    };
  };
}

type Repository = SignalRepositoryWithLIDStore;
/** What changes a session, a prekey or a sender key. What only looks sees what is stored. */
type Operations = Omit<
  Repository,
  | "lidMapping"
  | "jidToSignalProtocolAddress"
  | "close"
  | "hasSenderKey"
  | "getSessionInfo"
  | "validateSession"
>;

/** The operations, each alone. */
function guarded(
  made: Repository,
  own: OperationKeys,
  book: StanzaBook,
  loaded: () => Promise<Taken>,
): Operations {
  /** Somebody's LID is asked for before all else waits for the answer. */
  const ahead = async (jid: string): Promise<void> => {
    if (isPnUser(jid)) await made.lidMapping.getLIDForPN(jid);
  };
  const opened = async (ciphertext: Uint8Array, open: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    const known = await loaded();
    const settle = async (padded: Uint8Array): Promise<ReadonlyMap<string, string> | undefined> => {
      if (padded === NOTHING) return undefined;
      const message = await book.take(ciphertext, padded);
      // A sender key in it is stored by an operation of its own, later.
      return message === undefined || message.senderKeyDistributionMessage
        ? undefined
        : known.add(ciphertext);
    };
    try {
      return await own.operation(async () => (known.has(ciphertext) ? NOTHING : open()), settle);
    } catch (error) {
      known.remove(ciphertext);
      throw error;
    }
  };
  return {
    decryptMessage: async (options) => {
      try {
        await ahead(options.jid);
        return await opened(options.ciphertext, () => made.decryptMessage(options));
      } finally {
        book.done(options.ciphertext);
      }
    },
    decryptGroupMessage: (options) =>
      opened(options.msg, () => made.decryptGroupMessage(options)).finally(() => book.done(options.msg)),
    encryptMessage: async (options) => {
      await ahead(options.jid);
      return own.operation(() => made.encryptMessage(options));
    },
    injectE2ESession: async (options) => {
      const { identityKey, signedPreKey } = options.session;
      // libsignal drops what it found (session_builder.js, initOutgoing).
      if (!Curve.verify(identityKey, signedPreKey.publicKey, signedPreKey.signature))
        throw new Error("found a prekey that isn't signed by its device: nothing is sent to it");
      await ahead(options.jid);
      await own.operation(() => made.injectE2ESession(options));
    },
    processSenderKeyDistributionMessage: (options) =>
      own.operation(() => made.processSenderKeyDistributionMessage(options)),
    encryptGroupMessage: (options) => own.operation(() => made.encryptGroupMessage(options)),
    getSenderKeyDistributionMessage: (options) =>
      own.operation(() => made.getSenderKeyDistributionMessage(options)),
    deleteSession: (jids) => own.operation(() => made.deleteSession(jids)),
    migrateSession: (from, to) => own.operation(() => made.migrateSession(from, to)),
  };
}
