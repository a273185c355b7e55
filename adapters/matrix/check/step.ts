import type { CheckSurroundings, Finding } from "../../../src/adapter/index.ts";
import type { MatrixConfig } from "../config.ts";
import type { MatrixHttp } from "../http.ts";

/** What every step needs. */
export interface Deps {
  readonly config: MatrixConfig;
  readonly http: MatrixHttp;
  readonly around: CheckSurroundings;
}

/** What the operator does about a registration that the homeserver has loaded and that doesn't fit. */
export const WRITE_AGAIN =
  "write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver";

/** Where to look when the homeserver says nothing that can be understood. */
export const ITS_LOG = "look into the homeserver's log, and into that of a proxy before it";

/** Something that doesn't work. */
export function problem(check: string, found: string, remedy: string): Finding {
  return { check, status: "problem", found, remedy };
}

/** Something that works, and not as well as it could. */
export function warning(check: string, found: string, remedy: string): Finding {
  return { check, status: "warning", found, remedy };
}
