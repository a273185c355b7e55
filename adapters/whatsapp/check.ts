import net from "node:net";
import tls from "node:tls";
import type { CheckSurroundings, Finding } from "../../src/adapter/index.ts";
import { SECOND } from "../../src/model/index.ts";
import type { WhatsAppConfig } from "./config.ts";

/** Where Baileys connects to. */
const SERVER = "wss://web.whatsapp.com/ws/chat";
/** How long a connection may take here, in ms: an operator waits for it. */
const PATIENCE_MS = 10 * SECOND;
const PORT = 443;

/**
 * Whether WhatsApp's server can be reached: a connection that says nothing, so that no session is disturbed. Whether the
 * account is linked with its phone only the running daemon knows.
 */
export function checkWhatsApp(
  { server = SERVER }: WhatsAppConfig,
  around: CheckSurroundings,
): Promise<readonly Finding[]> {
  return checkServer(server, around);
}

/** The same of any server by its URL: `ws:` without TLS, `wss:` with a certificate that is verified. */
export async function checkServer(url: string, { signal }: CheckSurroundings): Promise<readonly Finding[]> {
  const check = "server";
  const code = await failureOf(new URL(url), AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
  if (code === undefined) return [{ check, status: "ok", found: "WhatsApp's server can be reached" }];
  const found = `WhatsApp's server can't be reached from here (${code})`;
  const remedy = /CERT|SIGNATURE|ALTNAME/.test(code)
    ? "something between opens its encryption: let connections to WhatsApp's server through as they are"
    : "let connections to WhatsApp's server on port 443 through; a name server and a way out are needed";
  return [{ check, status: "problem", found, remedy }];
}

/** The system's or OpenSSL's word for what went wrong; undefined: nothing did. */
async function failureOf(
  { protocol, hostname, port }: URL,
  signal: AbortSignal,
): Promise<string | undefined> {
  const to = { host: hostname, port: port === "" ? PORT : Number(port) };
  const isSecure = protocol === "wss:";
  const socket = isSecure
    ? tls.connect({ ...to, ...(net.isIP(hostname) > 0 ? {} : { servername: hostname }) })
    : net.connect(to);
  const late = () => socket.destroy(Object.assign(new Error("too late"), { code: "ETIMEDOUT" }));
  signal.addEventListener("abort", late);
  try {
    return await new Promise((resolve) => {
      socket.once(isSecure ? "secureConnect" : "connect", () => resolve(undefined));
      socket.once("error", (error) => resolve(codeOf(error)));
      if (signal.aborted) late();
    });
  } finally {
    signal.removeEventListener("abort", late);
    socket.on("error", () => undefined);
    socket.destroy();
  }
}

function codeOf(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[A-Z0-9_]{1,64}$/.test(code) ? code : "unknown";
}
