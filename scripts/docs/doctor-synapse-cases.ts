import type { BrokenSetup } from "./doctor-cases.ts";

/** Broken at a real Synapse: test/adapters/matrix/check.peer.test.ts. */
export const SYNAPSE = [
  {
    id: "synapse-none",
    setup: "no registration: Synapse doesn't know the token",
    says: "problem  account matrix: token: the homeserver doesn't know it: the homeserver doesn't know the appservice's token: make asToken the as_token of the registration file that it has loaded, and restart it",
  },
  {
    id: "synapse-name",
    setup: "another server name in the config",
    says: "problem  account matrix: token: the homeserver has another server name than homeserver.name: make homeserver.name its server name (what stands after the colon of its users' names), and write the registration file again",
  },
  {
    id: "synapse-id",
    setup: "another `id`",
    says: "problem  account matrix: way back: the homeserver doesn't reach us (forbidden): the registration has another id than appservice.id: write it again (docs/next-to-synapse.md)",
  },
  {
    id: "synapse-hs-token",
    setup: "another `hs_token`",
    says: "problem  account matrix: way back: the homeserver doesn't reach us (unauthorised): the homeserver's call to us was refused: make hsToken the hs_token of the registration file that it has loaded, and let its url lead to us",
  },
  {
    id: "synapse-url",
    setup: "a `url` at which nothing listens",
    says: "problem  account matrix: way back: the homeserver doesn't reach us (not-connected): make the registration's url one under which the homeserver reaches appservice.bind and appservice.port (docs/next-to-synapse.md)",
  },
  {
    id: "synapse-no-url",
    setup: "`url: null`",
    says: "problem  account matrix: way back: the homeserver doesn't reach us (not-connected): the registration has no url: write it again (docs/next-to-synapse.md)",
  },
  {
    id: "synapse-sender",
    setup: "the bot is the `sender_localpart`",
    says: "problem  account matrix: registration's sender: the bot is the sender_localpart: give the registration a sender_localpart that is never used (_synapsesender_sender): Synapse refuses /sync to the sender; load it and restart the homeserver",
  },
  {
    id: "synapse-bot",
    setup: "`namespaces.users` without the bot",
    says: "problem  account matrix: registration's users: users by the name of bot aren't in its namespaces: write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  },
  {
    id: "synapse-ghosts",
    setup: "`namespaces.users` without the ghosts",
    says: "problem  account matrix: registration's users: users by the name of ghostPrefix aren't in its namespaces: write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  },
  {
    id: "synapse-not-exclusive",
    setup: "a bot that isn't `exclusive`",
    says: "warning  account matrix: registration's users: anybody may register a user by the name of bot: make its namespaces exclusive: write the registration file again (docs/next-to-synapse.md), load it and restart the homeserver",
  },
  {
    id: "synapse-limited",
    setup: "`rate_limited: true`",
    says: "warning  account matrix: rate limits: the homeserver limits how much the bridge may do, so that texts wait: set rate_limited: false in the registration file, load it and restart the homeserver",
  },
] as const satisfies readonly BrokenSetup[];

export type SynapseId = (typeof SYNAPSE)[number]["id"];
