// What an event brings, beside a text (fixture.ts): the short forms that the tests of decide.ts speak in.

import type { Unbridgeable } from "../../src/model/content.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import type { LaneEvent } from "../../src/routing/lane-event.ts";

/** The message that an edit, a reaction or a deletion is about. */
export const TARGET = sensitive("$target");
export const edit = (text: string): LaneEvent["body"] => ({
  kind: "edit",
  target: TARGET,
  content: { kind: "text", text },
});
export const REACTION = { kind: "reaction", target: TARGET, emoji: "👍" } as const;
export const DELETION = { kind: "delete", targets: [TARGET] } as const;
export const picture = (what: Unbridgeable = "image"): LaneEvent["body"] => ({
  kind: "message",
  content: { kind: "unbridgeable", what },
});
export const membership = (change: "joined" | "left" | "invited"): LaneEvent["body"] => ({
  kind: "membership",
  change,
});
