import { type Address, type NativeDesk, TryLater } from "../../src/adapter/index.ts";
import type { MatrixHttp } from "./http.ts";
import { recordAt } from "./json.ts";
import { DEVICE, type Names } from "./names.ts";
import { outcomeOfFailure } from "./outcome.ts";
import { PATHS } from "./paths.ts";
import { portalRef } from "./portal-ref.ts";
import { isOk } from "./session.ts";
import { ENCRYPTION } from "./sync-response.ts";

interface DeskDeps {
  readonly http: MatrixHttp;
  readonly names: Names;
}

/**
 * A room that somebody began with the bot: private while only the two are in it. The bot answers there by itself, in clear
 * also where they encrypt.
 * @throws TryLater when the homeserver doesn't answer now.
 */
export async function deskOf(deps: DeskDeps, room: string, from: Address): Promise<NativeDesk | undefined> {
  const { names } = deps;
  const answer = await ask(deps, PATHS.joinedMembers(room));
  if (answer === undefined) return undefined; // the bot isn't in it any more
  const members = Object.keys(recordAt(answer, "joined"));
  const isPrivate = members.length === 2 && members.includes(names.bot) && members.includes(from);
  if (!isPrivate) return undefined;
  const portal = portalRef({ room, ghost: names.bot, device: DEVICE });
  const encryption = await ask(deps, PATHS.state(room, ENCRYPTION));
  return encryption === undefined ? { portal } : { portal, encrypted: true };
}

/** What the homeserver says; undefined when there is nothing there for us. @throws TryLater */
async function ask({ http, names }: DeskDeps, path: string): Promise<unknown> {
  const answer = await http.request({ method: "GET", path, query: { user_id: names.bot } });
  if (answer.kind === "answer" && isOk(answer)) return answer.json ?? {};
  if (outcomeOfFailure(answer).kind === "refused") return undefined;
  throw new TryLater();
}
