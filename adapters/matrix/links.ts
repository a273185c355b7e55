const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/**
 * A link's target as it may be bridged: `http:`, `https:` or `mailto:`. Links to users, rooms and events (`matrix.to`,
 * `matrix:`) name people by their native ids and are dropped; their text stays.
 */
export function bridgeableLink(href: string | undefined): string | undefined {
  if (href === undefined || href.length > 2_048) return undefined;
  const trimmed = href.trim();
  if (!URL.canParse(trimmed)) return undefined;
  const url = new URL(trimmed);
  const isMatrix = url.hostname === "matrix.to" || url.hostname.endsWith(".matrix.to");
  return SCHEMES.has(url.protocol) && !isMatrix ? trimmed : undefined;
}
