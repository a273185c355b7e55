import type { CheckSurroundings, Finding } from "../../../src/adapter/index.ts";
import { listAt, recordAt } from "../json.ts";
import type { ServerFile } from "./homeserver-file.ts";
import { problem, warning } from "./step.ts";

type Settings = Readonly<Record<string, unknown>>;

/** A feature of Synapse that people pay for in privacy. */
interface Feature {
  readonly name: string;
  /** Whether it costs, as the settings are; what isn't set has Synapse's own default. */
  readonly costs: (settings: Settings) => boolean;
  /** The price, after "on:" or "off:". */
  readonly found: string;
  readonly remedy: string;
  /** The bridge doesn't work with it. */
  readonly breaks?: true;
}

/** Redacted text that stays for longer than this isn't gone, as people see it; in ms. */
const SHORT = 86_400_000;

const FEATURES: readonly Feature[] = [
  {
    name: "search",
    costs: ({ enable_search }) => enable_search !== false,
    found: "its search index keeps the text of messages in clear, also after they are redacted",
    remedy: "set enable_search: false",
  },
  {
    name: "redaction",
    costs: ({ redaction_retention_period: period = "7d" }) => !(durationOf(period) <= SHORT),
    found: "its database keeps the text of redacted messages for longer than a day",
    remedy: "set redaction_retention_period: 1d, or less",
  },
  {
    name: "retention",
    costs: (settings) => recordAt(settings, "retention").enabled !== true,
    found: "what nobody redacts stays in its database for ever",
    remedy: "set retention.enabled: true, with a default_policy.max_lifetime",
  },
  {
    name: "URL previews",
    costs: ({ url_preview_enabled }) => url_preview_enabled === true,
    found: "it opens the links that people send, so that their sites learn of it, and keeps what it saw",
    remedy: "set url_preview_enabled: false",
  },
  {
    name: "presence",
    costs: (settings) => (recordAt(settings, "presence").enabled ?? settings.use_presence ?? true) === true,
    found: "it tells the bridge, and all who share a room, who is online when; the bridge has no use for it",
    remedy: "set presence.enabled: false",
  },
  {
    name: "user directory",
    costs: (settings) => recordAt(settings, "user_directory").search_all_users === true,
    found: "every user of it can find the ghosts, and so the names under which people talk",
    remedy: "set user_directory.search_all_users: false",
  },
  {
    name: "encryption",
    costs: ({ encryption_enabled_by_default_for_room_type: on }) => on === "all" || on === "invite",
    found: "it encrypts new rooms by itself, and the bridge can't read in these",
    remedy: "set encryption_enabled_by_default_for_room_type: off",
    breaks: true,
  },
];

const WHY: Readonly<Record<Extract<ServerFile, { kind: "unusable" }>["why"], string>> = {
  missing: "no file is where --homeserver-config says",
  forbidden: "this user may not read what --homeserver-config names",
  "no-yaml": "what --homeserver-config names is no YAML file of keys",
  "of-another": "what --homeserver-config names is of another server (server_name)",
};

/** What the homeserver's settings cost in privacy, where they can be read; and what can't be seen from here. */
export function checkFeatures(file: ServerFile, { serverConfig }: CheckSurroundings): readonly Finding[] {
  const check = "homeserver's privacy";
  const remedy = "give --homeserver-config Synapse's homeserver.yaml, or a copy of it";
  if (file.kind === "unusable") return [problem(check, WHY[file.why], remedy)];
  if (file.kind === "none") {
    return [warning(check, "what it keeps and shows can't be seen from here", remedy)];
  }
  const costly = FEATURES.filter(({ costs }) => costs(file.settings));
  const findings = costly.map(({ name, found, remedy, breaks }) =>
    (breaks ? problem : warning)(
      `${check}: ${name}`,
      found,
      `in homeserver.yaml ${remedy}, and restart Synapse`,
    ),
  );
  const rest = FEATURES.length - costly.length;
  const which = serverConfig === undefined ? " that was found" : "";
  const well: Finding = {
    check,
    status: "ok",
    found: `${rest} of ${FEATURES.length} settings are as they should be in the homeserver.yaml${which}`,
  };
  return [well, ...findings, ...federation(check, file.settings)];
}

/** No fault, and yet something that people should know of. */
function federation(check: string, settings: Settings): readonly Finding[] {
  const isClosed =
    Array.isArray(settings.federation_domain_whitelist) && settings.federation_domain_whitelist.length === 0;
  const serves = listAt(settings, "listeners").some((listener) =>
    listAt(listener, "resources").some((resource) => listAt(resource, "names").includes("federation")),
  );
  const found =
    isClosed || !serves
      ? "off: what is written stays on this server"
      : "on: a user of another server who is in a conversation has its messages kept there too";
  return [{ check: `${check}: federation`, status: "ok", found }];
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/** A duration as Synapse reads it: ms, or a number with a unit. NaN where there is none: it never ends. */
function durationOf(value: unknown): number {
  if (typeof value === "number") return value;
  const [, count, unit] = typeof value === "string" ? (/^(\d{1,12})([smhdwy])?$/.exec(value) ?? []) : [];
  return Number(count) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN));
}
