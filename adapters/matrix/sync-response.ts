import { isRecord, listAt, recordAt, textAt } from "./json.ts";

/** The state event by which a room becomes an encrypted one, for ever (client-server API, `m.room.encryption`). */
export const ENCRYPTION = "m.room.encryption";

/** What happened in one room since the last poll. */
export interface RoomNews {
  readonly room: string;
  /** Oldest first, not checked yet. Before them that the room is encrypted, where it was before they begin. */
  readonly events: readonly unknown[];
  /** Set when there is a gap between the last poll and the first event; `from` is where `/messages` goes back from. */
  readonly gap?: { readonly from: string | undefined };
}

/** An invite of the bot. */
export interface Invite {
  readonly room: string;
  /** Whether its sender means a direct chat. */
  readonly isDirect: boolean;
}

/** An answer of `/sync`, as far as we read it. */
export interface SyncBatch {
  readonly next: string;
  readonly rooms: readonly RoomNews[];
  readonly invites: readonly Invite[];
}

/**
 * Checks an answer of `/sync` (client-server API, `GET /sync`). Parts of a wrong shape are left out, so that one bad room
 * doesn't stall the others; without a `next_batch` the whole isn't usable: undefined.
 * @param bot whose invites are looked for.
 */
export function syncBatchOf(json: unknown, bot: string): SyncBatch | undefined {
  const next = textAt(json, "next_batch");
  if (next === undefined) return undefined;
  const rooms = recordAt(json, "rooms");
  const news = [...newsOf(recordAt(rooms, "join")), ...newsOf(recordAt(rooms, "leave"))];
  const invites = Object.entries(recordAt(rooms, "invite")).map(([room, invite]) => ({
    room,
    isDirect: isDirectInvite(invite, bot),
  }));
  return { next, rooms: news, invites };
}

function newsOf(rooms: Readonly<Record<string, unknown>>): RoomNews[] {
  return Object.entries(rooms).flatMap(([room, news]) => {
    const timeline = recordAt(news, "timeline");
    const state = listAt(recordAt(news, "state"), "events");
    const encryption = state.filter((event) => isRecord(event) && event.type === ENCRYPTION);
    const events = [...encryption, ...listAt(timeline, "events")];
    const isLimited = timeline.limited === true;
    if (events.length === 0 && !isLimited) return [];
    return [{ room, events, ...(isLimited ? { gap: { from: textAt(timeline, "prev_batch") } } : {}) }];
  });
}

function isDirectInvite(invite: unknown, bot: string): boolean {
  return listAt(recordAt(invite, "invite_state"), "events").some(
    (event) =>
      isRecord(event) &&
      event.type === "m.room.member" &&
      event.state_key === bot &&
      recordAt(event, "content").is_direct === true,
  );
}
