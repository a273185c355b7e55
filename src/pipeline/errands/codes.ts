import type { FoundHandle, HandleCode } from "../../model/handle.ts";
import { takesOf } from "../../safety/limits.ts";
import type { ErrandScene } from "./errand.ts";
import { countedAnswer, identityOf, saidOf } from "./limits.ts";

/** What came of looking codes up: the first that is in use, or what is said. */
type LookedUp =
  | { readonly kind: "found"; readonly handle: FoundHandle }
  | { readonly kind: "none"; readonly say: readonly string[] };

/** Looks up the codes of a text, as far as the limits of wrong ones let it; only wrong ones count. @throws StoreAway */
export async function lookUp(scene: ErrandScene, codes: readonly HandleCode[]): Promise<LookedUp> {
  const { event, house } = scene;
  const from = identityOf(scene);
  const act = { kind: "codes", codes: "handle", from } as const;
  const verdict = await house.limits.take(takesOf({ ...act, count: codes.length }), event.canonical);
  if (verdict.kind === "refused" && verdict.limit === "wrongHandleCodes")
    return reserved(scene, codes.slice(0, 1), saidOf(house, verdict));
  if (verdict.kind !== "allowed") return { kind: "none", say: saidOf(house, verdict) };
  for (const [wrong, code] of codes.entries()) {
    const handle = await house.handles.find(code);
    if (handle === undefined) continue;
    await house.limits.giveBack(takesOf({ ...act, count: codes.length - wrong }), event.canonical);
    return { kind: "found", handle };
  }
  return { kind: "none", say: [house.texts.codeNotInUse()] };
}

/** Somebody is guessing, and uses up what is for all: each account has one try that is its own. */
async function reserved(
  scene: ErrandScene,
  [code]: readonly HandleCode[],
  paused: readonly string[],
): Promise<LookedUp> {
  const { event, house } = scene;
  const takes = takesOf({ kind: "reserved-code", from: identityOf(scene) });
  const verdict = await house.limits.take(takes, event.canonical);
  if (verdict.kind === "refused" && verdict.limit === "reservedCodes")
    return { kind: "none", say: await countedAnswer(scene, paused) };
  if (verdict.kind !== "allowed") return { kind: "none", say: saidOf(house, verdict) };
  const handle = code && (await house.handles.find(code));
  if (handle === undefined) return { kind: "none", say: [house.texts.codeNotInUse()] };
  await house.limits.giveBack(takes, event.canonical);
  return { kind: "found", handle };
}
