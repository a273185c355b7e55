import { type Address, type NativeDesk, TryLater } from "../../src/adapter/index.ts";
import type { MatrixHttp } from "./http.ts";
import { recordAt } from "./json.ts";
import { DEVICE, type Names } from "./names.ts";
import { outcomeOfFailure } from "./outcome.ts";
import { PATHS } from "./paths.ts";
import { portalRef } from "./portal-ref.ts";
import { isOk } from "./session.ts";

/**
 * A room that somebody began with the bot: private while only the two are in it. The bot answers there by itself.
 * @throws TryLater when the homeserver doesn't answer now.
 */
export async function deskOf(
  { http, names }: { readonly http: MatrixHttp; readonly names: Names },
  room: string,
  from: Address,
): Promise<NativeDesk | undefined> {
  const answer = await http.request({
    method: "GET",
    path: PATHS.joinedMembers(room),
    query: { user_id: names.bot },
  });
  if (answer.kind !== "answer" || !isOk(answer)) {
    if (outcomeOfFailure(answer).kind === "refused") return undefined; // the bot isn't in it any more
    throw new TryLater();
  }
  const members = Object.keys(recordAt(answer.json, "joined"));
  const isPrivate = members.length === 2 && members.includes(names.bot) && members.includes(from);
  return isPrivate ? { portal: portalRef({ room, ghost: names.bot, device: DEVICE }) } : undefined;
}
