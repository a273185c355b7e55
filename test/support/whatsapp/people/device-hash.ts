import { createHash } from "node:crypto";
import type { Form } from "../jids.ts";

/**
 * The hash of a list of devices, version 2: the first six octets of the SHA-256 of the sorted names (whatsmeow send.go,
 * `participantListHashV2`; baileys makes another one, lib/Utils/generics.js, and compares none). A name is
 * `user.agent:device@server`, and the agent is 0.
 */
export function deviceListHash(
  devices: readonly { readonly user: string; readonly id: number; readonly form: Form }[],
): string {
  const names = devices.map(
    ({ user, id, form }) => `${user}.0:${id}@${form === "lid" ? "lid" : "s.whatsapp.net"}`,
  );
  const digest = createHash("sha256").update(names.toSorted().join("")).digest();
  return `2:${digest.subarray(0, 6).toString("base64").replaceAll("=", "")}`;
}
