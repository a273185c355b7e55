import type { Intent } from "matrix-appservice-bridge";
import type { Address, PortalAlias } from "../../src/adapter/index.ts";
import type { Framework } from "./framework.ts";
import { isRecord, textAt } from "./json.ts";
import type { Names } from "./names.ts";
import { PATHS } from "./paths.ts";

/** What a portal's room is made of. */
interface RoomPlan {
  readonly alias: PortalAlias;
  /** The person who is invited. */
  readonly to: Address;
  /** What the room is called. */
  readonly title: string;
  /** Who stands there for somebody; absent where the bot speaks by itself. */
  readonly ghost?: Address;
}

/** What room making needs. */
interface RoomsDeps {
  readonly framework: Framework;
  readonly names: Names;
}

interface StateEvent {
  readonly type: string;
  readonly state_key: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * The room of a portal, by its alias: made anew, or the one that an earlier try left, with what it lacks. A room whose
 * making broke off keeps its alias, so that the alias leads to it.
 * @throws what the framework throws.
 */
export async function ensureRoom(deps: RoomsDeps, plan: RoomPlan): Promise<string> {
  const made = await createRoom(deps, plan);
  if (made !== undefined) return made;
  const { matrixClient } = deps.framework.bot;
  const alias = deps.names.alias(plan.alias);
  // Synapse doesn't find an alias whose room everybody has left, and doesn't let it be used again either.
  const found = await unlessRefused(deps.framework, () => matrixClient.lookupRoomAlias(alias));
  if (found !== undefined && (await mendRoom(deps, plan, found.roomId))) return found.roomId;
  await unlessRefused(deps.framework, () => matrixClient.deleteRoomAlias(alias));
  const second = await createRoom(deps, plan);
  if (second === undefined) throw new TypeError("the alias of a portal was taken again after it was removed");
  return second;
}

/** What came back, or undefined when the homeserver says that there is nothing there for us. */
export async function unlessRefused<T>(framework: Framework, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isRefusal(framework, error)) return undefined;
    throw error;
  }
}

/** Makes the room; undefined when its alias is taken. */
async function createRoom(deps: RoomsDeps, plan: RoomPlan): Promise<string | undefined> {
  try {
    return await deps.framework.bot.matrixClient.createRoom({
      // Not trusted_private_chat: from room version 12 on it makes each invitee a creator.
      preset: "private_chat",
      is_direct: true,
      name: plan.title,
      room_alias_name: deps.names.aliasLocalpart(plan.alias),
      invite: [...guestsOf(plan)],
      initial_state: [...bridgeStates(deps, plan)],
    });
  } catch (error) {
    if (hasCode(deps.framework, error, "M_ROOM_IN_USE")) return undefined;
    throw error;
  }
}

/** Who is asked into it. */
function guestsOf({ ghost, to }: RoomPlan): readonly Address[] {
  return ghost === undefined ? [to] : [ghost, to];
}

/** `m.bridge` (MSC2346), with nothing of the other network in it; none where nobody is bridged. */
function bridgeStates({ names }: RoomsDeps, { alias, ghost, title }: RoomPlan): readonly StateEvent[] {
  if (ghost === undefined) return [];
  const content = {
    bridgebot: names.bot,
    protocol: { id: "footbridge", displayname: "Footbridge" },
    channel: { id: alias, displayname: title },
  };
  return [{ type: "m.bridge", state_key: `footbridge://${alias}`, content }];
}

/**
 * Puts into a half-made room what it lacks.
 * @returns false when the bot isn't in it and can't get in, or may not change it.
 */
async function mendRoom(deps: RoomsDeps, plan: RoomPlan, room: string): Promise<boolean> {
  const { matrixClient } = deps.framework.bot;
  const done = await unlessRefused(deps.framework, async () => {
    // Whoever left still reads the state as it was then, so reading it proves nothing. Joining again is harmless.
    await matrixClient.doRequest("POST", PATHS.join(room), null, {});
    await addMissing(deps, plan, room, await matrixClient.getRoomState(room));
    return true;
  });
  return done === true;
}

async function addMissing(
  deps: RoomsDeps,
  plan: RoomPlan,
  room: string,
  state: readonly unknown[],
): Promise<void> {
  const { bot } = deps.framework;
  const found = (type: string, key: string): Readonly<Record<string, unknown>> | undefined =>
    state.filter(isRecord).find((event) => event.type === type && event.state_key === key);
  for (const { type, state_key, content } of wantedState(deps, plan, state)) {
    if (found(type, state_key) === undefined)
      await bot.matrixClient.sendStateEvent(room, type, state_key, content);
  }
  for (const user of guestsOf(plan)) {
    const member = found("m.room.member", user);
    // Whoever left is asked in again: a portal is opened a second time only for the next message to them, or at their wish.
    if (member !== undefined && textAt(member.content, "membership") !== "leave") continue;
    // As a state event, since only that says that it is a direct chat.
    const content = { membership: "invite", is_direct: true };
    await bot.matrixClient.sendStateEvent(room, "m.room.member", user, content);
  }
}

/** What `private_chat` makes, and what we add. */
function wantedState(deps: RoomsDeps, plan: RoomPlan, state: readonly unknown[]): readonly StateEvent[] {
  const creation = state.find((event) => isRecord(event) && event.type === "m.room.create");
  const version = textAt(isRecord(creation) ? creation.content : undefined, "room_version") ?? "1";
  // From version 12 on the creator's power is without limit, and naming it is an error.
  const users = Number.parseInt(version, 10) >= 12 ? {} : { [deps.names.bot]: 100 };
  const power = { users, users_default: 0, events_default: 0, state_default: 50, invite: 0 };
  return [
    { type: "m.room.power_levels", state_key: "", content: power },
    { type: "m.room.join_rules", state_key: "", content: { join_rule: "invite" } },
    { type: "m.room.history_visibility", state_key: "", content: { history_visibility: "shared" } },
    { type: "m.room.name", state_key: "", content: { name: plan.title } },
    ...bridgeStates(deps, plan),
  ];
}

/** Lets a ghost join; one that isn't invited is, by the bot, and tries again. @throws what the framework throws. */
export async function joinGhost(framework: Framework, ghost: Intent, room: string): Promise<void> {
  // Not joinRoom: the SDK's own strategy goes on trying for 20 minutes behind our back.
  const join = (): Promise<unknown> => ghost.matrixClient.doRequest("POST", PATHS.join(room), null, {});
  try {
    await join();
  } catch (error) {
    if (!hasCode(framework, error, "M_FORBIDDEN")) throw error;
    await framework.bot.matrixClient.inviteUser(ghost.userId, room);
    await join();
  }
}

/** Whether the homeserver answered with this error code. */
function hasCode(framework: Framework, error: unknown, code: string): boolean {
  const answer = framework.answerOf(error);
  return answer?.kind === "answer" && answer.errcode === code;
}

/**
 * Whether the homeserver says that there is nothing there for us: not in the room, no such room or alias. By the status,
 * since Synapse has `M_UNKNOWN` beside a 404 for a room that everybody has left.
 */
function isRefusal(framework: Framework, error: unknown): boolean {
  const answer = framework.answerOf(error);
  if (answer?.kind !== "answer" || answer.errcode === undefined) return false;
  return (answer.status === 403 || answer.status === 404) && answer.errcode !== "M_UNRECOGNIZED";
}
