import type { Address, PortalAlias } from "../../src/adapter/index.ts";

/** The device that the bot and each ghost send from; each is a user of its own, so one name does for all. */
export const DEVICE = "FOOTBRIDGE";

/** What the names on the homeserver are made of. */
interface NamesConfig {
  readonly homeserver: { readonly name: string };
  readonly bot: string;
  readonly ghostPrefix: string;
}

/** The names that this account has on its homeserver. */
export interface Names {
  /** The bot's MXID. */
  readonly bot: Address;
  /** The MXID of a portal's ghost. */
  ghost(alias: PortalAlias): Address;
  /** The part of a portal's alias before the colon, without `#`. */
  aliasLocalpart(alias: PortalAlias): string;
  /** The whole alias of a portal. */
  alias(alias: PortalAlias): string;
  /** The whole alias of the portal that a ghost was made for, or undefined when it is no ghost of ours. */
  aliasOfGhost(ghost: Address): string | undefined;
  /** Whether this is our bot or one of our ghosts: what they do is an echo of ours. */
  isOurs(user: string): boolean;
}

/** Makes the names from the config; the same config gives the same names for ever. */
export function namesOf(config: NamesConfig): Names {
  const server = config.homeserver.name;
  const bot = `@${config.bot}:${server}`;
  const ghostStart = `@${config.ghostPrefix}`;
  const end = `:${server}`;
  const isGhost = (user: string): boolean => user.startsWith(ghostStart) && user.endsWith(end);
  return {
    bot,
    ghost: (alias) => `${ghostStart}${alias}${end}`,
    aliasLocalpart: (alias) => `${config.ghostPrefix}${alias}`,
    alias: (alias) => `#${config.ghostPrefix}${alias}${end}`,
    aliasOfGhost: (ghost) => (isGhost(ghost) ? `#${ghost.slice(1)}` : undefined),
    isOurs: (user) => user === bot || isGhost(user),
  };
}

/**
 * The canonical form of an MXID (`@localpart:server`, lower-case localpart as the specification's user identifiers have
 * it), or undefined when it is none.
 */
export function canonicalUser(address: string): Address | undefined {
  const trimmed = address.trim();
  const found = /^@([A-Za-z0-9._=/+-]+):([A-Za-z0-9.:[\]-]+)$/.exec(trimmed);
  if (found === null || trimmed.length > 255) return undefined;
  const [, local = "", server = ""] = found;
  return `@${local.toLowerCase()}:${server.toLowerCase()}`;
}
