import type { IncomingMessage } from "node:http";

/** A request as it came, for whoever looks at all that goes out to a homeserver. */
export interface HomeserverRequest {
  readonly method: string;
  /** Path and query, decoded. */
  readonly url: string;
  /** Undefined where there is none, or none in JSON. */
  readonly body: unknown;
}

/** Reads what came, however malformed it is. */
export function requestOf({ method = "GET", url = "/" }: IncomingMessage, text: string): HomeserverRequest {
  return {
    method,
    url: attempt(() => decodeURIComponent(url)) ?? url,
    body: attempt(() => JSON.parse(text) as unknown),
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
