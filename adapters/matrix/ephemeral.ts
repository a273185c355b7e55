import type { InboundEvent, InboundSignal } from "../../src/adapter/index.ts";
import { sensitive, type Timestamp } from "../../src/model/index.ts";
import { isRecord, listAt, recordAt, textAt } from "./json.ts";
import type { Names } from "./names.ts";

/** What a transaction brings that we use. */
interface EphemeralNews {
  readonly receipts: readonly InboundEvent[];
  readonly typing: readonly InboundSignal[];
}

/** Reads typing and read receipts out of transactions. It remembers who types where, since an event lists all who do. */
export class EphemeralReader {
  readonly #names: Names;
  readonly #typing = new Map<string, ReadonlySet<string>>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** Reads one transaction's body; what has a wrong shape is left out. Never throws. */
  read(body: unknown, now: Timestamp): EphemeralNews {
    const receipts: InboundEvent[] = [];
    const typing: InboundSignal[] = [];
    for (const event of ephemeralOf(body)) {
      const room = textAt(event, "room_id");
      if (room === undefined) continue;
      const type = textAt(event, "type");
      if (type === "m.typing") typing.push(...this.#typingOf(room, recordAt(event, "content")));
      else if (type === "m.receipt")
        receipts.push(...this.#receiptsOf(room, recordAt(event, "content"), now));
    }
    return { receipts, typing };
  }

  #typingOf(room: string, content: Readonly<Record<string, unknown>>): InboundSignal[] {
    const users = listAt(content, "user_ids").filter(
      (user): user is string => typeof user === "string" && user !== "" && !this.#names.isOurs(user),
    );
    const now = new Set(users);
    const before = this.#typing.get(room) ?? new Set<string>();
    if (now.size === 0) this.#typing.delete(room);
    else this.#typing.set(room, now);
    const signal = (user: string, typing: boolean): InboundSignal => ({
      kind: "typing",
      chat: sensitive(room),
      from: sensitive(user),
      typing,
    });
    const ended = [...before].filter((user) => !now.has(user));
    return [...ended.map((user) => signal(user, false)), ...[...now].map((user) => signal(user, true))];
  }

  /** `{event: {"m.read": {user: {ts}}}}` (client-server API, "Receipts"). A receipt stands for everything before it too. */
  #receiptsOf(room: string, content: Readonly<Record<string, unknown>>, now: Timestamp): InboundEvent[] {
    return Object.entries(content).flatMap(([target, kinds]) =>
      Object.keys(recordAt(kinds, "m.read"))
        .filter((user) => user !== "" && !this.#names.isOurs(user))
        .map((user): InboundEvent => {
          const at = recordAt(recordAt(kinds, "m.read"), user).ts;
          return {
            identity: { kind: "id", id: sensitive(`receipt ${room} ${user} ${target}`) },
            chat: sensitive(room),
            from: sensitive(user),
            at: typeof at === "number" && Number.isSafeInteger(at) && at > 0 ? Math.min(at, now) : now,
            timing: "live",
            body: { kind: "status", targets: [sensitive(target)], status: "read" },
          };
        }),
    );
  }
}

/** Synapse sends them under the unstable name or the stable one, after the registration's flags; never under both. */
function ephemeralOf(body: unknown): readonly unknown[] {
  if (!isRecord(body)) return [];
  const stable = listAt(body, "ephemeral");
  return stable.length > 0 ? stable : listAt(body, "de.sorunome.msc2409.ephemeral");
}
