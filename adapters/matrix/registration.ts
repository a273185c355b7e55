import { stringify } from "yaml";
import type { MatrixConfig } from "./config.ts";

/** What the registration is made of. */
export type RegistrationConfig = Pick<MatrixConfig, "homeserver" | "bot" | "ghostPrefix"> & {
  readonly appservice: Pick<
    MatrixConfig["appservice"],
    "id" | "bind" | "port" | "url" | "asToken" | "hsToken"
  >;
};

/** A pattern of names that are ours, and whether ours alone. */
export interface RegisteredNames {
  readonly exclusive: boolean;
  readonly regex: string;
}

/** What the homeserver reads of us: each key as the file has it. It holds both tokens. */
export type Registration = {
  readonly id: string;
  readonly url: string;
  readonly as_token: string;
  readonly hs_token: string;
  readonly sender_localpart: string;
  readonly rate_limited: false;
  readonly namespaces: {
    readonly users: readonly RegisteredNames[];
    readonly aliases: readonly RegisteredNames[];
    readonly rooms: readonly RegisteredNames[];
  };
  readonly receive_ephemeral: true;
  readonly "de.sorunome.msc2409.push_ephemeral": true;
};

/**
 * The content of the registration file that the homeserver reads (Matrix Application Service API, "Registration").
 *
 * The bot is an entry of `namespaces.users` and not the `sender_localpart`: Synapse answers `/sync` as the sender with 500.
 * `org.matrix.msc3202` is left out: `/sync` brings the keys, and this would bring them twice.
 */
export function registrationOf(config: RegistrationConfig): Registration {
  const server = escaped(config.homeserver.name);
  const { id, bind, port, url, asToken, hsToken } = config.appservice;
  return {
    id,
    url: url ?? `http://${bind.includes(":") ? `[${bind}]` : bind}:${port}`,
    as_token: asToken.expose(),
    hs_token: hsToken.expose(),
    sender_localpart: `${config.ghostPrefix}sender`,
    rate_limited: false,
    namespaces: {
      users: [
        { exclusive: true, regex: `^@${escaped(config.ghostPrefix)}.*:${server}$` },
        { exclusive: true, regex: `^@${escaped(config.bot)}:${server}$` },
      ],
      aliases: [{ exclusive: true, regex: `^#${escaped(config.ghostPrefix)}.*:${server}$` }],
      rooms: [],
    },
    receive_ephemeral: true,
    "de.sorunome.msc2409.push_ephemeral": true,
  };
}

/** The registration file as YAML text. It holds both tokens: write it with mode 0600. */
export function registrationYaml(config: RegistrationConfig): string {
  return stringify(registrationOf(config));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
