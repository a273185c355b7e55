import { StoreRefused } from "./errors.ts";

/** Where a node listens. An empty host is the one that was asked. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * A cluster's node didn't do what it was asked, since the slot isn't its any more, or is on its way to another node.
 * Whoever talks to one node alone sees it as a refusal.
 */
export class Redirected extends StoreRefused {
  /** Who has the slot; undefined while it is on its way: then the same node is asked again. */
  readonly to: Endpoint | undefined;

  constructor(call: string, code: string, to: Endpoint | undefined) {
    super(call, code, undefined);
    this.to = to;
  }
}

/** `MOVED 3999 127.0.0.1:6381`, `ASK 3999 127.0.0.1:6381`, `TRYAGAIN Multiple keys request during rehashing of slot`. */
export function redirection(call: string, message: string): Redirected | undefined {
  const [, code = "", , host = "", port] =
    /^(MOVED|ASK|TRYAGAIN)\b(?: (\d{1,5}) (\S*):(\d{1,5}))?/.exec(message) ?? [];
  if (code === "") return undefined;
  const to = code === "MOVED" ? { host: host.replace(/^\[|\]$/g, ""), port: Number(port) } : undefined;
  return new Redirected(call, code, to);
}
