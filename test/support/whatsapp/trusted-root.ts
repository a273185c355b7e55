/** What tells `trust-root.ts` the root, in hex. The product doesn't read it. */
export const ROOT_VARIABLE = "FOOTBRIDGE_TEST_WHATSAPP_ROOT";

/** The environment in which a daemon's process trusts a server's root: see trust-root.ts. */
export function trusting(root: Buffer): Readonly<Record<string, string>> {
  const preload = `--import=${new URL("./trust-root.ts", import.meta.url).href}`;
  return {
    NODE_OPTIONS: [process.env.NODE_OPTIONS ?? "", preload].join(" ").trim(),
    [ROOT_VARIABLE]: root.toString("hex"),
  };
}
