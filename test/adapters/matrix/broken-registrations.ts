// Registrations that a real Synapse has loaded and that don't fit the config, all in one server: each is an appservice of its
// own, with a ghost prefix and a bot of its own.

import { type MatrixConfig, registrationOf } from "../../../adapters/matrix/index.ts";
import type { SynapseId } from "../../../scripts/docs/doctor-synapse-cases.ts";
import { sensitive } from "../../../src/model/index.ts";
import { configFor } from "./setup.ts";

type Registration = Readonly<Record<string, unknown>>;

interface Broken {
  /** What the homeserver has loaded instead of what the config needs; undefined: nothing. */
  readonly loaded: (wanted: Registration, config: MatrixConfig) => Registration | undefined;
  /** What the config says instead. */
  readonly config?: (config: MatrixConfig) => Partial<MatrixConfig>;
}

const same = (wanted: Registration): Registration => wanted;
const user = (regex: string, exclusive = true) => ({ exclusive, regex });

const BROKEN: Readonly<Record<SynapseId, Broken>> = {
  "synapse-none": { loaded: () => undefined },
  "synapse-name": {
    loaded: same,
    config: ({ homeserver }) => ({ homeserver: { ...homeserver, name: "other.example" } }),
  },
  "synapse-id": { loaded: (wanted) => ({ ...wanted, id: "another" }) },
  "synapse-hs-token": { loaded: (wanted) => ({ ...wanted, hs_token: "another" }) },
  "synapse-url": { loaded: (wanted) => ({ ...wanted, url: "http://127.0.0.1:9" }) },
  "synapse-no-url": { loaded: (wanted) => ({ ...wanted, url: null }) },
  "synapse-sender": { loaded: (wanted, { bot }) => ({ ...wanted, sender_localpart: bot }) },
  "synapse-bot": {
    loaded: (wanted, { ghostPrefix }) => ({
      ...wanted,
      namespaces: { users: [user(`^@${ghostPrefix}.*:localhost$`)], aliases: [], rooms: [] },
    }),
  },
  "synapse-ghosts": {
    loaded: (wanted, { bot }) => ({
      ...wanted,
      namespaces: { users: [user(`^@${bot}:localhost$`)], aliases: [], rooms: [] },
    }),
  },
  "synapse-not-exclusive": {
    loaded: (wanted, { ghostPrefix, bot }) => ({
      ...wanted,
      namespaces: {
        users: [user(`^@${ghostPrefix}.*:localhost$`), user(`^@${bot}:localhost$`, false)],
        aliases: [],
        rooms: [],
      },
    }),
  },
  "synapse-limited": { loaded: (wanted) => ({ ...wanted, rate_limited: true }) },
};

/** A broken set-up: the config, and what Synapse loads. */
export interface BrokenRegistration {
  readonly config: MatrixConfig;
  readonly loaded: Registration | undefined;
}

/** One for each row of the table, for a homeserver at `url` and a port of ours. */
export function brokenRegistration(id: SynapseId, url: string, port: number): BrokenRegistration {
  const { loaded, config: change } = BROKEN[id];
  const name = id.replaceAll("-", "");
  const plain = configFor(url, port);
  const needed: MatrixConfig = {
    ...plain,
    bot: `bot${name}`,
    ghostPrefix: `_${name}_`,
    appservice: { ...plain.appservice, id, asToken: sensitive(`as-${id}`), hsToken: sensitive(`hs-${id}`) },
  };
  const registration = loaded(registrationOf(needed), needed);
  return { config: { ...needed, ...change?.(needed) }, loaded: registration };
}
