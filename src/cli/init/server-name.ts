const SHAPE = /^[A-Za-z0-9.[-][A-Za-z0-9.:[\]-]{0,229}$/;

/** Whether a text has the shape of a Matrix server name: a host, which may have a port. */
export function isServerName(text: string): boolean {
  return SHAPE.test(text);
}

/**
 * The server name that a homeserver or a file of one gives; undefined when it is none. It is shown on a terminal, which would do
 * what is written in control characters.
 */
export function serverNameIn(value: unknown): string | undefined {
  return typeof value === "string" && isServerName(value) ? value : undefined;
}
