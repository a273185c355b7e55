import type { MatrixAnswer, MatrixHttp } from "./http.ts";
import { listAt, textAt } from "./json.ts";
import { DEVICE, type Names } from "./names.ts";
import { PATHS } from "./paths.ts";
import { isOk } from "./session.ts";

/** A gap in a room's timeline. */
interface Gap {
  readonly room: string;
  /** `prev_batch`: where the known events begin; undefined: the end of the room. */
  readonly from: string | undefined;
  /** The token of the last poll. */
  readonly to: string;
}

/** How many events one page may have. */
const PAGE = 200;

/**
 * Reads what `/sync` left out of a room (`limited: true`): `/messages` from `prev_batch` back to the last poll's token, page
 * by page until the homeserver has no more.
 * @returns the events oldest first, or the answer that failed: then nothing of it may count as read.
 */
export async function fillGap(
  http: MatrixHttp,
  names: Names,
  gap: Gap,
  signal: AbortSignal,
): Promise<{ readonly events: readonly unknown[] } | { readonly failed: MatrixAnswer }> {
  const newestFirst: unknown[] = [];
  let from = gap.from;
  for (;;) {
    const answer = await http.request({
      method: "GET",
      path: PATHS.messages(gap.room),
      query: { dir: "b", from, to: gap.to, limit: String(PAGE), user_id: names.bot, device_id: DEVICE },
      signal,
    });
    if (answer.kind !== "answer" || !isOk(answer)) return { failed: answer };
    newestFirst.push(...listAt(answer.json, "chunk"));
    const end = textAt(answer.json, "end");
    if (end === undefined || end === from || end === gap.to) return { events: newestFirst.reverse() };
    from = end;
  }
}
