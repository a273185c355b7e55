import net from "node:net";
import tls from "node:tls";
import type { Clock, Milliseconds, Reason } from "../../../src/model/index.ts";
import type { LinkConfig } from "../config.ts";

/** Why a link isn't up. It holds no address. */
export class LinkFailure extends Error {
  override readonly name = "LinkFailure";
  readonly reason: Reason;
  /** What the operator should do, where only they can. */
  readonly remedy: string | undefined;
  /** An errno or an SMPP status, for the log. */
  readonly code: string | undefined;

  constructor(reason: Reason, code?: string, remedy?: string) {
    super(`a link to an SMSC failed (${reason}${code === undefined ? "" : `, ${code}`})`);
    this.reason = reason;
    this.code = code;
    this.remedy = remedy;
  }
}

/**
 * Connects to an SMSC, by TLS where the config says so; its certificate is always verified.
 * @throws LinkFailure when it doesn't work within `timeout` ms.
 */
export async function connect(
  link: LinkConfig,
  clock: Clock,
  timeout: Milliseconds,
  signal: AbortSignal,
): Promise<net.Socket> {
  const socket = open(link);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  try {
    return await new Promise<net.Socket>((resolve, reject) => {
      socket.once(link.tls === false ? "connect" : "secureConnect", () => resolve(socket));
      socket.once("error", (error) => reject(failure(link, error)));
      socket.once("close", () => reject(new LinkFailure("network-error", "closed")));
      clock.sleep(timeout, stop).then(
        () => reject(new LinkFailure("timeout")),
        () => reject(new LinkFailure("not-connected")),
      );
    });
  } catch (error) {
    socket.on("error", () => undefined);
    socket.destroy();
    throw error;
  } finally {
    over.abort();
  }
}

function open(link: LinkConfig): net.Socket {
  const { host, port } = link;
  if (link.tls === false) return net.connect({ host, port });
  const options = link.tls === true ? {} : link.tls;
  try {
    return connectTls(host, port, options);
  } catch {
    // OpenSSL can't read what it was given; its own words might quote it.
    throw new LinkFailure(
      "unauthorised",
      "pem",
      `tls.ca, tls.cert and tls.key of link ${link.name} must be PEM`,
    );
  }
}

function connectTls(host: string, port: number, options: Exclude<LinkConfig["tls"], boolean>): tls.TLSSocket {
  return tls.connect({
    host,
    port,
    ...(options.ca === undefined ? {} : { ca: options.ca.expose() }),
    ...(options.cert === undefined ? {} : { cert: options.cert.expose() }),
    ...(options.key === undefined ? {} : { key: options.key.expose() }),
    ...(options.servername === undefined ? {} : { servername: options.servername }),
  });
}

function failure(link: LinkConfig, error: Error): LinkFailure {
  // Node puts the errno, or OpenSSL's word for it, in `code`.
  const code = "code" in error && typeof error.code === "string" ? error.code : "unknown";
  if (!/CERT|SELF_SIGNED|ALTNAME/.test(code)) return new LinkFailure("network-error", code);
  const remedy = `the certificate of link ${link.name} can't be verified: give its authority as tls.ca, or its name as tls.servername`;
  return new LinkFailure("unauthorised", code, remedy);
}
