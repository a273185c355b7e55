import { z } from "zod";
import { backupKeyOctets, SEALING_FORM } from "../model/backup-key-form.ts";
import { HOUR, MINUTE, SECOND } from "../model/time.ts";
import { duration, shownName, timeZone } from "./fields.ts";
import { limitsSchema } from "./limits.ts";
import { isPackage } from "./packages.ts";
import { secret, sensitiveText } from "./sensitive-text.ts";

/** What an external Redis may do that could lose or evict data, and that the operator can allow by name. */
const REDIS_RISKS = ["everysec", "no-persistence", "eviction"] as const;
export type RedisRisk = (typeof REDIS_RISKS)[number];

const REDIS_URL = "redis://HOST:PORT or rediss://HOST:PORT, as a text, {file: PATH} or {env: NAME}";

/** Something in PEM, most often from a file. */
function pem(description: string) {
  const expected = "PEM, as a text, {file: PATH} or {env: NAME}";
  return sensitiveText(expected)
    .refine((text) => text.expose().includes("-----BEGIN "), { error: expected })
    .optional()
    .describe(description);
}

const redisUrl = () =>
  sensitiveText(REDIS_URL).refine((url) => isRedisUrl(url.expose()), {
    error: `${REDIS_URL}, without a user name or password`,
  });

const redis = z.strictObject({
  url: redisUrl()
    .optional()
    .describe("Where the Redis or Valkey is; without it the daemon runs a private one of its own"),
  cluster: z
    .array(redisUrl())
    .min(1)
    .max(100)
    .optional()
    .describe(
      "Some nodes of a Redis Cluster, instead of a url: one that answers is enough, it knows the others",
    ),
  username: z.string().min(1).optional().describe("The ACL user"),
  password: secret().optional().describe("The ACL user's password"),
  tls: z
    .strictObject({
      ca: pem("The certificates to trust (PEM), instead of the system's"),
      cert: pem("Our own certificate (PEM), where the server asks for one"),
      key: pem("The key of that certificate (PEM)"),
      serverName: z
        .string()
        .min(1)
        .optional()
        .describe("The name in the server's certificate, where it isn't the host"),
    })
    .optional()
    .describe("For rediss://"),
  allow: z
    .array(z.enum(REDIS_RISKS))
    .default([])
    .describe("What the server may do although it could lose or evict data"),
});

/** What can be wrong with it as a whole. */
function checkedRedis(settings: z.infer<typeof redis>, context: z.RefinementCtx): void {
  const wrong = (key: string, message: string): void =>
    context.addIssue({ code: "custom", path: [key], message });
  const { url, cluster, tls } = settings;
  const given = [...(url === undefined ? [] : [url]), ...(cluster ?? [])];
  // What is no URL at all is said by itself.
  const urls = given.map((each) => URL.parse(each.expose())).filter((each) => each !== null);
  const schemes = new Set(urls.map(({ protocol }) => protocol));
  if (url !== undefined && cluster !== undefined) wrong("cluster", "url or cluster, not both");
  if (cluster !== undefined && urls.some(({ pathname }) => !/^\/?0?$/.test(pathname)))
    wrong("cluster", "URLs without a database's number, since a cluster has only one");
  if (cluster !== undefined && schemes.size > 1)
    wrong("cluster", "redis:// for all nodes, or rediss:// for all");
  if (tls !== undefined && schemes.has("redis:")) wrong("tls", "none beside redis://, only beside rediss://");
  for (const key of ["username", "password", "tls"] as const)
    if (given.length === 0 && settings[key] !== undefined)
      wrong(key, "a url or a cluster beside it, since the private Redis needs none of this");
}

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "redis:" && url.protocol !== "rediss:")) return false;
  return url.hostname !== "" && url.username === "" && url.password === "";
}

const delivery = z.strictObject({
  deadline: duration({ least: MINUTE, most: 23 * HOUR })
    .prefault("20h")
    .describe("How long a text is tried before its sender is told that it wasn't delivered"),
  attempts: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe("How often a delivery that fails by itself is tried"),
  firstRetry: duration({ least: 100, most: MINUTE })
    .prefault("1s")
    .describe("The pause after the first failure; it doubles from there, with jitter"),
  longestRetry: duration({ least: SECOND, most: HOUR })
    .prefault("5m")
    .describe("The longest pause between tries"),
  firstNotice: duration({ least: 10 * SECOND, most: HOUR })
    .prefault("5m")
    .describe("After how much waiting the sender is told that a text is late"),
});

/** A key for each network: the fields of a group that has one for each. */
function perNetwork<T>(
  networks: readonly string[],
  suffix: string,
  field: (network: string) => T,
): Record<string, T> {
  return Object.fromEntries(networks.map((network) => [`${network}${suffix}`, field(network)]));
}

/** One pair: a key for each network, `account` and `number` for the party that is reached by a number of ours. */
export function pairSchema(networks: readonly string[]) {
  const example = networks.map((network, index) => `${network}: ${["Ana", "Leo"][index] ?? "Mia"}`);
  return z.strictObject({
    ...perNetwork(networks, "", (network) =>
      sensitiveText(`an address on ${network}`).optional().describe(`A party's address on ${network}`),
    ),
    ...perNetwork(networks, "Account", (network) =>
      z.string().optional().describe(`Which ${network} account serves this pair, when there are several`),
    ),
    account: z.string().optional().describe("The account whose number is used"),
    number: sensitiveText("one of the account's numbers")
      .optional()
      .describe("The account's number that the other party's texts come from and go to"),
    names: z
      .strictObject(
        perNetwork(networks, "", (network) =>
          shownName().optional().describe(`What the party on ${network} is called to the other`),
        ),
        { error: `a name for each party: {${example.slice(0, 2).join(", ")}}` },
      )
      .describe("Under which name each party is seen by the other"),
  });
}

/** Whom the bridge tells how its accounts are: a key for each network on which it can begin a chat by itself. */
export function operatorSchema(rooms: readonly string[]) {
  const field = (network: string) =>
    sensitiveText(`an address on ${network}`)
      .optional()
      .describe(`Who runs the bridge, on ${network}: whom it tells when an account doesn't work`);
  return z.strictObject(perNetwork(rooms, "", field), {
    error: `an address: {${rooms[0] ?? "NETWORK"}: ADDRESS}`,
  });
}

function folder() {
  return path("a folder's path");
}

function filePath() {
  return path("a file's path");
}

function path(expected: string) {
  return z
    .string({ error: expected })
    .refine((path) => path !== "" && !/\p{Cc}/u.test(path), { error: expected });
}

/** Packages of other people that bring a network each. */
function packages() {
  const expected = "the name of an npm package, or a path that begins with ./, ../ or /";
  const entry = z.strictObject(
    {
      package: z
        .string({ error: expected })
        .refine(isPackage, { error: expected })
        .describe("An npm package, or the path of a package's folder, from this file's"),
    },
    { error: "{package: NAME}" },
  );
  return z
    .array(entry, { error: "a list: [{package: NAME}]" })
    .default([])
    .describe("Packages that bring networks which aren't built in; each runs with all rights of the daemon");
}

/** The schema of the whole file, but for what belongs to each account's adapter. `rooms`: networks with a room for the operator. */
export function configSchema(networks: readonly string[], rooms: readonly string[]) {
  return z.strictObject({
    state: folder().describe("The folder for Redis data, keys and the control socket"),
    log: z
      .strictObject({
        level: z
          .enum(["debug", "info", "warn", "error"])
          .default("info")
          .describe("What is logged, from here up"),
      })
      .prefault({}),
    timeZone: timeZone()
      .default(() => new Intl.DateTimeFormat().resolvedOptions().timeZone)
      .describe("For the times in notices to people; by default the system's"),
    keys: z
      .strictObject({
        kek: sensitiveText("a key of 32 octets in base64 or hex: a text, {file: PATH} or {env: NAME}")
          .refine((key) => keyOctets(key.expose()) !== undefined, {
            error: "a key of 32 octets in base64 or hex",
          })
          .transform((key) => key.map((text) => keyOctets(text)?.toString("base64") ?? ""))
          .optional()
          .describe("The key that wraps all others; by default the daemon makes one in the state folder"),
      })
      .prefault({}),
    backup: z
      .strictObject({
        key: sensitiveText("the sealing half of a backup key: a text, {file: PATH} or {env: NAME}")
          .refine((key) => backupKeyOctets(key.expose(), SEALING_FORM) !== undefined, {
            error: 'the half of a backup key that "footbridge backup --new-key FILE" prints',
          })
          .optional()
          .describe(
            "The half of the backup key that seals backups and can't open them; without it none is made",
          ),
        journal: filePath()
          .optional()
          .describe(
            "The file that says what people ended, so that a restore doesn't bring it back; by default journal in the state folder",
          ),
      })
      .prefault({}),
    redis: redis.superRefine(checkedRedis).prefault({}),
    adapters: packages(),
    accounts: z
      .record(
        z.string(),
        z.looseObject({ network: z.string({ error: `a network: ${networks.join(" or ")}` }) }),
        { error: "the bridge's accounts by name: {matrix: {network: matrix, ...}}" },
      )
      .refine((accounts) => Object.keys(accounts).length > 0, {
        error: "at least one account: {NAME: {network: NETWORK, ...}}",
      })
      .describe("The bridge's own accounts, by a name of yours"),
    pairs: z.array(pairSchema(networks)).default([]).describe("Who talks to whom without a handle"),
    operator: operatorSchema(rooms).optional(),
    http: z
      .strictObject({
        bind: z
          .union([z.ipv4(), z.ipv6()], { error: "an IP address such as 127.0.0.1 or ::1" })
          .default("127.0.0.1")
          .describe("Where to listen; nobody is asked who they are there"),
        port: z.int().min(1).max(65_535).default(9_600).describe("The port"),
      })
      .optional()
      .describe(
        "Health and metrics over HTTP (GET /health/live, /health/ready, /metrics); without it there is no port",
      ),
    delivery: delivery.prefault({}),
    limits: limitsSchema(),
    drain: duration({ least: 0, most: 5 * MINUTE })
      .prefault("10s")
      .describe("How long the daemon may take to finish what is under way when it is stopped"),
  });
}

/** The octets of a key in hex or base64, or undefined when they aren't 32. */
function keyOctets(text: string): Buffer | undefined {
  const trimmed = text.trim();
  const octets = Buffer.from(trimmed, /^[0-9a-fA-F]{64}$/.test(trimmed) ? "hex" : "base64");
  return octets.length === 32 && /^[0-9a-zA-Z+/=_-]+$/.test(trimmed) ? octets : undefined;
}

/** What the schema gives. */
export type CheckedFile = z.output<ReturnType<typeof configSchema>>;
/** One pair as the schema gives it. */
export type CheckedPair = z.output<ReturnType<typeof pairSchema>>;
