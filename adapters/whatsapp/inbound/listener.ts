import type { AccountHost } from "../../../src/adapter/index.ts";
import type { BinaryNode, WASocket } from "../baileys.ts";
import type { Restriction } from "../outbound/restriction.ts";
import { readCall } from "./calls.ts";
import type { WhatsAppInbox } from "./inbox.ts";
import { readTyping } from "./receipts.ts";
import type { Rooms } from "./rooms.ts";
import type { Own } from "./stanza.ts";

interface ListenerParts {
  readonly host: Pick<AccountHost, "signal" | "log">;
  readonly own: () => Own;
  readonly rooms: Rooms;
  readonly inbox: WhatsAppInbox;
  readonly restriction: Restriction;
}

/** What Baileys acknowledges to the server as soon as it has it. */
const ACKNOWLEDGED = ["CB:message", "CB:receipt", "CB:notification", "CB:call"] as const;

/** Hears what comes beside decrypted messages: receipts, typing, calls, messages without content, time locks. */
export class Listener {
  readonly #parts: ListenerParts;
  #socket: WASocket | undefined;
  #isDeaf = false;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  /** Listens to a new socket, before anything came on it. */
  listen(socket: WASocket): void {
    this.#socket = socket;
    if (this.#isDeaf) this.#deafen(socket);
    if (this.#isDeaf) return;
    const { inbox, restriction } = this.#parts;
    const hear = (event: string, take: (stanza: BinaryNode) => Promise<void>): void => {
      socket.ws.on(event, (stanza: BinaryNode) => {
        take(stanza).catch((error: unknown) => this.#lost(error));
      });
    };
    hear("CB:message", async (stanza) => {
      if (hasNoContent(stanza)) await inbox.takeUnreadable(stanza);
    });
    hear("CB:receipt", (stanza) => inbox.takeReceipt(stanza));
    hear("CB:call", async (stanza) => {
      this.#turnAway(socket, stanza);
      await inbox.takeCall(stanza);
    });
    hear("CB:chatstate", (stanza) => this.#typing(stanza));
    socket.ev.on("connection.update", ({ reachoutTimeLock: lock }) => {
      if (lock === undefined) return;
      const until = lock.timeEnforcementEnds?.getTime();
      void restriction.locked({ active: lock.isActive === true, until });
    });
  }

  /** From now on Baileys hears of nothing that it would acknowledge; the server keeps it. */
  stop(): void {
    this.#isDeaf = true;
    if (this.#socket !== undefined) this.#deafen(this.#socket);
  }

  #deafen({ ws }: WASocket): void {
    for (const event of ACKNOWLEDGED) ws.removeAllListeners(event);
  }

  async #typing(stanza: BinaryNode): Promise<void> {
    const { own, rooms, host } = this.#parts;
    const state = readTyping(stanza, own());
    const heard = state && (await rooms.of(state));
    if (heard === undefined || state === undefined) return;
    host.signal({ kind: "typing", chat: heard.chat, from: heard.person.address, typing: state.typing });
  }

  /** Nobody here can answer, and the phone that owns the account needn't ring for it. */
  #turnAway(socket: WASocket, stanza: BinaryNode): void {
    const call = readCall(stanza, 0);
    if (call === undefined || call.isOver) return;
    socket.rejectCall(call.id, call.jid).catch((error: unknown) => this.#lost(error));
  }

  #lost(error: unknown): void {
    this.#parts.host.log.warn("whatsapp.news.lost", {
      error: error instanceof Error ? error.name : "unknown",
    });
  }
}

/** A message that another device of ours alone may open: one to be viewed once, or whose sender's client left it out. */
function hasNoContent({ content }: BinaryNode): boolean {
  const parts = Array.isArray(content) ? content : [];
  return parts.some(({ tag }) => tag === "unavailable") && !parts.some(({ tag }) => tag === "enc");
}
