import type { ErrandKind } from "../../model/errand.ts";
import type { ErrandHandler } from "./errand.ts";
import { hold, release } from "./hold.ts";
import { say } from "./say.ts";

/** Who does which errand. */
export const errands: { readonly [K in ErrandKind]?: ErrandHandler<K> } = {
  say,
  hold,
  release,
};
