import { z } from "zod";
import { secret } from "../../src/adapter/index.ts";
import type { ConfigurableAdapter } from "../../src/config/index.ts";
import { networkName } from "../../src/model/ids.ts";

/** Two small adapters with all that a config can hold: secrets, nested lists, ranges, closed sets. */
export const testAdapters: readonly ConfigurableAdapter[] = [
  {
    network: networkName("matrix"),
    config: z.strictObject({
      network: z.literal("matrix"),
      homeserver: z.strictObject({ url: z.url(), name: z.string().min(1) }),
      token: secret(),
    }),
    canonical: (address) => (/^@[a-z]+:[a-z.]+$/i.test(address) ? address.toLowerCase() : undefined),
    rooms: true,
  },
  {
    network: networkName("sms"),
    config: z.strictObject({
      network: z.literal("sms"),
      numbers: z.array(z.string()).min(1),
      links: z
        .array(
          z.strictObject({
            host: z.string(),
            port: z.int().min(1).max(65_535),
            password: secret(),
            bind: z.enum(["transceiver", "transmitter", "receiver"]).default("transceiver"),
          }),
        )
        .min(1),
    }),
    canonical: (address) => {
      const digits = address.replaceAll(/[ ()-]/g, "");
      return /^\+\d{7,15}$/.test(digits) ? digits : undefined;
    },
  },
];

/** A file system in memory for the loader. */
export function filesOf(files: Readonly<Record<string, string | Uint8Array>>, mode = 0o600) {
  return (path: string) => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return { mode, bytes: typeof content === "string" ? new TextEncoder().encode(content) : content };
  };
}

/** A config that is right; tests break it. */
export const GOOD = `state: ./state
accounts:
  matrix:
    network: matrix
    homeserver: {url: "http://127.0.0.1:8008", name: example.org}
    token: {env: TOKEN}
  sms-main:
    network: sms
    numbers: ["+1 555 0111", "+15550112"]
    links:
      - host: smsc.example.net
        port: 2775
        password: {file: secrets/smpp}
pairs:
  - matrix: "@Alice:example.org"
    sms: "+1 (555) 0123"
    account: sms-main
    number: "+15550111"
    names: {matrix: Ana, sms: Leo}
`;
