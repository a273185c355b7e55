import type { Handle } from "../core.ts";
import { groups } from "./groups.ts";
import { keys } from "./keys.ts";
import { linking } from "./linking.ts";
import { refuse } from "./reply.ts";
import { agree, appState, blocklist, media, mex, passive, picture, privacy, properties } from "./settings.ts";
import { usync } from "./usync.ts";

/** Queries by namespace. */
const QUERIES: Readonly<Record<string, Handle>> = {
  abt: properties,
  blocklist,
  disappearing_mode: agree,
  encrypt: keys,
  md: linking,
  passive,
  privacy,
  status: agree,
  "urn:xmpp:whatsapp:dirty": agree,
  "urn:xmpp:whatsapp:push": agree,
  usync,
  "w:g2": groups,
  "w:m": media,
  "w:mex": mex,
  "w:p": agree,
  "w:profile:picture": picture,
  "w:stats": agree,
  "w:sync:app:state": appState,
};

/** `<iq>` of a linked device. @throws Error for one that isn't known, after it was refused. */
export const iq: Handle = (core, caller, stanza) => {
  const { type, xmlns = "" } = stanza.attrs;
  if (type === "result" || type === "error") return;
  const query = QUERIES[xmlns];
  if (query !== undefined) return query(core, caller, stanza);
  refuse(caller, stanza, 501, "feature-not-implemented");
  throw new Error(`found a query of ${xmlns}, which this server doesn't know`);
};
