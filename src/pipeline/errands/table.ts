import type { ErrandKind } from "../../model/errand.ts";
import { command } from "./commands.ts";
import type { ErrandHandler } from "./errand.ts";
import { answerGuard, guard, guarded } from "./guard.ts";
import { hold, release } from "./hold.ts";
import { optIn, optOut } from "./opt-out.ts";
import { say } from "./say.ts";

/** Who does which errand. */
export const errands: { readonly [K in ErrandKind]?: ErrandHandler<K> } = {
  say: guarded(say),
  hold,
  release,
  guard,
  "answer-guard": answerGuard,
  "opt-out": optOut,
  "opt-in": optIn,
  command,
};
