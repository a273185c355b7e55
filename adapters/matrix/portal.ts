import type { Address, Attempt, Operation, Outcome, Profile } from "../../src/adapter/index.ts";
import { sensitive } from "../../src/model/index.ts";
import type { Framework } from "./framework.ts";
import type { MatrixHttp } from "./http.ts";
import { canonicalUser, DEVICE, type Names } from "./names.ts";
import { outcomeOfFailure } from "./outcome.ts";
import { PATHS } from "./paths.ts";
import { type MatrixPortal, portalOfRef, portalRef } from "./portal-ref.ts";
import { ensureRoom, joinGhost, unlessRefused } from "./rooms.ts";

/** What opening, changing and closing portals needs. */
export interface PortalDeps {
  readonly names: Names;
  readonly http: MatrixHttp;
  readonly framework: Framework;
  /** What the bot is called, and its own rooms. */
  readonly botName: string;
}

type Open = Extract<Operation, { kind: "openPortal" }>;
type Update = Extract<Operation, { kind: "updatePortal" }>;
type Close = Extract<Operation, { kind: "closePortal" }>;

/** The lease was lost, or the daemon stops hard: no further request, and nobody knows how far it got. */
const ABORTED: Outcome = { kind: "unknown", reason: "unsure" };

/** Opens a portal. Each step finds what an earlier try left, by names that come from the alias alone. */
export async function openPortal(deps: PortalDeps, operation: Open, attempt: Attempt): Promise<Outcome> {
  const to = canonicalUser(operation.to.expose());
  if (to === undefined) return { kind: "refused", reason: "unreachable", scope: "delivery" };
  await attempt.mark();
  return await inSteps(deps.framework, attempt, async (proceed) => {
    const portal = await makePortal(deps, operation, to, proceed);
    return { kind: "done", refs: [], opened: { portal: portalRef(portal), chat: sensitive(portal.room) } };
  });
}

async function makePortal(
  deps: PortalDeps,
  { alias, profile }: Open,
  to: Address,
  proceed: () => void,
): Promise<MatrixPortal> {
  const { names, framework, botName } = deps;
  if (profile === "bridge") {
    const room = await ensureRoom(deps, { alias, to, title: botName });
    return { room, ghost: names.bot, device: DEVICE, alias };
  }
  const ghost = names.ghost(alias);
  await ensureGhost(deps, ghost, profile.name);
  proceed();
  const room = await ensureRoom(deps, { alias, to, ghost, title: titleOf(profile) });
  proceed();
  await joinGhost(framework, framework.ghost(ghost), room);
  return { room, ghost, device: DEVICE };
}

/** What a portal's room is called. */
function titleOf({ name, title }: Profile): string {
  return title ?? name;
}

/** Renames the ghost and the room. */
export async function updatePortal(deps: PortalDeps, operation: Update, attempt: Attempt): Promise<Outcome> {
  const portal = portalOfRef(operation.portal);
  const { framework, names } = deps;
  // The bot's name is the operator's.
  if (portal === undefined || portal.ghost === names.bot)
    return { kind: "refused", reason: "internal", scope: "portal" };
  const { profile } = operation;
  await attempt.mark();
  return await inSteps(framework, attempt, async (proceed) => {
    await framework.ghost(portal.ghost).matrixClient.setDisplayName(profile.name);
    proceed();
    const name = titleOf(profile);
    await framework.bot.matrixClient.sendStateEvent(portal.room, "m.room.name", "", { name });
    return { kind: "done", refs: [] };
  });
}

/** Ghost and bot leave, the alias goes; what is gone already is fine. */
export async function closePortal(deps: PortalDeps, operation: Close, attempt: Attempt): Promise<Outcome> {
  const portal = portalOfRef(operation.portal);
  if (portal === undefined) return { kind: "refused", reason: "internal", scope: "portal" };
  const { framework, names } = deps;
  const alias = names.aliasOfGhost(portal.ghost) ?? (portal.alias && names.alias(portal.alias));
  await attempt.mark();
  return await inSteps(framework, attempt, async (proceed) => {
    const steps = [
      async () => (alias === undefined ? undefined : framework.bot.matrixClient.deleteRoomAlias(alias)),
      async () => framework.ghost(portal.ghost).matrixClient.leaveRoom(portal.room),
      async () => framework.bot.matrixClient.leaveRoom(portal.room),
    ];
    for (const step of steps) {
      await unlessRefused(framework, step);
      proceed();
    }
    return { kind: "done", refs: [] };
  });
}

/** What a send found missing. */
export type Missing = "membership" | "device";

/**
 * Mends what keeps a ghost from sending: its registration, its device, its place in the room.
 * @returns whether it is worth sending again.
 */
export async function mendSender(deps: PortalDeps, portal: MatrixPortal, missing: Missing): Promise<boolean> {
  const { framework } = deps;
  const ghost = framework.ghost(portal.ghost);
  try {
    await ghost.ensureRegistered(true);
    await putDevice(deps, portal.ghost);
    if (missing === "membership") await joinGhost(framework, ghost, portal.room);
    return true;
  } catch (error) {
    if (framework.answerOf(error) === undefined) throw error;
    return false;
  }
}

async function ensureGhost(deps: PortalDeps, user: string, name: string): Promise<void> {
  const ghost = deps.framework.ghost(user);
  await ghost.ensureRegistered(true);
  await ghost.matrixClient.setDisplayName(name);
  await putDevice(deps, user);
}

/** `PUT /devices/{id}` makes it, or finds it made (Application Service API 1.17). */
async function putDevice({ framework }: PortalDeps, user: string): Promise<void> {
  const client = framework.ghost(user).matrixClient;
  await client.doRequest("PUT", PATHS.device(DEVICE), null, { display_name: "Footbridge" });
}

/** Runs steps, and turns what the homeserver refused into an outcome. */
async function inSteps(
  framework: Framework,
  attempt: Attempt,
  run: (proceed: () => void) => Promise<Outcome>,
): Promise<Outcome> {
  const stopped = new Error("stopped");
  const proceed = (): void => {
    if (attempt.signal.aborted) throw stopped;
  };
  try {
    return await run(proceed);
  } catch (error) {
    if (error === stopped) return ABORTED;
    const answer = framework.answerOf(error);
    if (answer === undefined) throw error;
    return outcomeOfFailure(answer);
  }
}
