import type { ConfiguredDoor } from "../../src/model/index.ts";

/** Where strangers write to the bridge itself. A matrix.to link opens the chat, but can't hold a code. */
export function matrixDoor(user: string): ConfiguredDoor {
  return { kind: "user", title: "Matrix", user, link: `https://matrix.to/#/${encodeURIComponent(user)}` };
}
