import { COMMANDS } from "../../commands/table.ts";
import { formatHandleCode } from "../../consent/handle-code.ts";
import type { Command } from "../../model/command.ts";
import { type Handle, type HandleId, handleLabel, labelKey } from "../../model/handle.ts";
import { dayOf, type ListedHandle } from "../../model/texts.ts";
import { acceptsLabel } from "../../privacy/pseudonyms.ts";
import type { House } from "../house.ts";
import { idFrom } from "../own-commit.ts";
import { personOf } from "./acquaintance.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { setHome } from "./home.ts";

type Given<K extends Command["kind"]> = Extract<Command, { kind: K }>;

/** `handle new bike for 30d`: the same handle each time it is worked on. */
export async function handleNew(
  scene: ErrandScene,
  { label: typed, lifetime }: Given<"handle-new">,
): Promise<Ending> {
  const { event, house, leg, seat } = scene;
  const { texts } = house;
  const label = handleLabel(typed);
  if (label === undefined) return { say: [usage(scene)] };
  if (!acceptsLabel(label)) return { say: [texts.labelRefused({ label })] };
  await setHome(scene);
  const made = await house.handles.create(await personOf(house, seat.person), {
    ...{ id: idFrom<HandleId>(house, event.canonical, "a handle"), label, policy: "ask" },
    ...(lifetime === undefined ? {} : { expiresAt: event.acceptedAt + lifetime }),
  });
  switch (made.kind) {
    case "made":
      return { say: [texts.handleMade({ ...listed(house, made.handle), doors: scene.doors(leg.account) })] };
    case "label-taken":
      return { say: [texts.handleExists({ label: made.handle.label })] };
    case "too-many":
      return { say: [texts.tooManyHandles({ most: made.most })] };
  }
}

/** `handles` */
export async function handles(scene: ErrandScene): Promise<Ending> {
  const { house, seat } = scene;
  await setHome(scene);
  const all = await house.handles.list(await personOf(house, seat.person));
  return { say: [house.texts.handles({ handles: all.map((handle) => listed(house, handle)) })] };
}

/** `handle links bike` */
export async function handleLinks(
  scene: ErrandScene,
  { label: typed }: Given<"handle-links">,
): Promise<Ending> {
  const { house, seat } = scene;
  const { texts } = house;
  const all = await house.handles.list(await personOf(house, seat.person));
  const meant = all.find(({ label }) => labelKey(label) === labelKey(typed));
  if (meant === undefined) return { say: [texts.noSuchHandle({ label: typed })] };
  const links = scene.links(formatHandleCode(meant.code));
  return { say: [texts.handleLinks({ label: meant.label, links })] };
}

/** `handle off bike` */
export async function handleOff(scene: ErrandScene, { label: typed }: Given<"handle-off">): Promise<Ending> {
  const { house, seat } = scene;
  await setHome(scene);
  const label = handleLabel(typed);
  const ended = label && (await house.handles.revoke(await personOf(house, seat.person), { label }));
  const { texts } = house;
  return { say: [ended ? texts.handleEnded({ label: ended.label }) : texts.noSuchHandle({ label: typed })] };
}

function usage({ house: { texts } }: ErrandScene): string {
  const { phrase, syntax } = COMMANDS["handle-new"];
  return texts.usage({ problem: { kind: "missing", what: "label" }, example: `${phrase} ${syntax.example}` });
}

function listed({ clock, timeZone }: House, { code, expiresAt, label }: Handle): ListedHandle {
  const until = expiresAt === undefined ? undefined : dayOf(expiresAt, clock.now(), timeZone);
  return { label, code: formatHandleCode(code), until };
}
