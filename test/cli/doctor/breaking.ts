// How each set-up of the table is broken: really, on the disk, in a Redis, at a server.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalId } from "../../../scripts/docs/doctor-cases.ts";
import { Heartbeat } from "../../../src/daemon/heartbeat.ts";
import { healthReport } from "../../../src/http/health.ts";
import { DAY, HOUR } from "../../../src/model/time.ts";
import { createClock, systemClock } from "../../../src/observe/clock.ts";
import { freePort } from "../../peers/synapse/process.ts";
import { CERTIFICATE, EXPIRED_CERTIFICATE, PRIVATE_KEY } from "../../support/localhost-certificate.ts";
import { connectTo, silent, startTestRedis } from "../../support/redis.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import type { SmscSettings } from "../../support/smsc-settings.ts";
import type { Scene, Servers } from "./scene.ts";

type Break = (scene: Scene, servers: Servers) => Promise<void> | void;

/** A state folder whose keys were made at another time. */
async function madeAt(scene: Scene, ms: number): Promise<void> {
  rmSync(scene.state, { recursive: true });
  await scene.makeState({ ...createClock(), now: () => Date.now() + ms });
}

async function movedTo(scene: Scene, folder: string): Promise<void> {
  rmSync(scene.state, { recursive: true });
  scene.parts.state = `./${folder}`;
  await scene.makeState();
}

async function redisWith(scene: Scene, more: readonly string[], fsync: "always" | "everysec" = "always") {
  const port = await freePort();
  const redis = await startTestRedis({ fsync, more: ["--port", String(port), ...more] });
  scene.undo.push(() => redis.stop());
  scene.parts.top += `redis: {url: "redis://127.0.0.1:${port}"}\n`;
  return redis;
}

async function smscWith(scene: Scene, settings: Partial<SmscSettings>, tls?: string): Promise<void> {
  const smsc = await LoopbackSmsc.start({
    settings: { systemId: "esme", password: "password-canary", ...settings },
    ...(tls === undefined ? {} : { tls: { key: PRIVATE_KEY, cert: tls } }),
  });
  scene.undo.push(() => smsc.stop());
  scene.parts.smsPort = smsc.port;
}

/** The homeserver behind a proxy whose clock is off. */
async function behindClock(scene: Scene, { homeserver }: Servers, ms: number): Promise<void> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      const { method = "GET", headers } = request;
      const answer = await fetch(homeserver.url + (request.url ?? "/"), {
        method,
        headers: headers.authorization === undefined ? {} : { authorization: headers.authorization },
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      });
      response.writeHead(answer.status, { date: new Date(Date.now() + ms).toUTCString() });
      response.end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  scene.undo.push(() => server.closeAllConnections());
  scene.undo.push(() => server.close());
  scene.parts.homeserver = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
}

function registration(more: Readonly<Record<string, unknown>>, { port }: Servers): string {
  return JSON.stringify({
    id: "footbridge",
    url: `http://127.0.0.1:${port}`,
    as_token: "as-canary",
    hs_token: "hs-canary",
    sender_localpart: "_fb_sender",
    rate_limited: false,
    receive_ephemeral: true,
    "de.sorunome.msc2409.push_ephemeral": true,
    namespaces: {
      users: [
        { exclusive: true, regex: "^@_fb_.*:localhost$" },
        { exclusive: true, regex: "^@footbridge:localhost$" },
      ],
      aliases: [{ exclusive: true, regex: "^#_fb_.*:localhost$" }],
      rooms: [],
    },
    ...more,
  });
}

/** A registration file beside the config that differs in this. */
const registered =
  (more: Readonly<Record<string, unknown>>, mode = 0o600): Break =>
  (scene, servers) => {
    scene.write("registration.yaml", registration(more, servers), mode);
  };

/** A homeserver.yaml that was named, with these settings over the ones that are in order. */
const settings =
  (more: Readonly<Record<string, unknown>>): Break =>
  (scene) => {
    const well = { server_name: "localhost", enable_search: false, redaction_retention_period: "1d" };
    const rest = { retention: { enabled: true }, presence: { enabled: false } };
    scene.args.push(
      "--homeserver-config",
      scene.write("copy.yaml", JSON.stringify({ ...well, ...rest, ...more })),
    );
  };

async function onTmpfs(scene: Scene, size: string): Promise<void> {
  rmSync(scene.state, { recursive: true });
  mkdirSync(scene.state);
  mountTmpfs(scene.state, size);
  scene.undo.push(() => execFileSync("umount", [scene.state]));
  await scene.makeState();
}

function mountTmpfs(folder: string, size: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=700`, "tmpfs", folder], { stdio: "ignore" });
}

/** Whether this user may mount: root may, but not in every container. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "fb-mount-"));
  try {
    mountTmpfs(folder, "1m");
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const keyFile = (scene: Scene): string =>
  join(scene.state, "keys", readdirSync(join(scene.state, "keys")).toSorted().at(-1) ?? "");

const kekFile = (scene: Scene, path: string, mode: number): void => {
  const text = execFileSync("cat", [join(scene.state, "kek")], { encoding: "utf8" });
  rmSync(join(scene.state, "kek"));
  scene.write(path, text, mode);
  chmodSync(join(scene.folder, path), mode);
  scene.parts.top += `keys: {kek: {file: ${path}}}\n`;
};

export const BREAK: Readonly<Record<LocalId, Break>> = {
  typo: (scene) => {
    scene.parts.top += "log: {levle: info}\n";
  },
  "secret-missing": (scene) => rmSync(join(scene.folder, "secrets/password")),
  "secret-env": (scene) => {
    scene.parts.top += "keys: {kek: {env: FOOTBRIDGE_KEK}}\n";
  },
  "secret-open": (scene) => chmodSync(join(scene.folder, "secrets/password"), 0o644),
  "config-open": (scene) => {
    scene.writeConfig();
    chmodSync(scene.config, 0o644);
  },
  "limits-anywhere": (scene) => {
    scene.parts.limits = "{}";
  },
  "limits-nothing": (scene) => {
    scene.parts.limits = '{smsTo: ["+1"], smsSpend: {budget: 0}}';
  },
  "few-files": (scene) => {
    scene.shell = "ulimit -n 200";
  },
  "state-gone": (scene) => rmSync(scene.state, { recursive: true }),
  "state-nowhere": (scene) => {
    scene.write("file", "");
    scene.parts.state = "./file/state";
  },
  "state-file": (scene) => {
    rmSync(scene.state, { recursive: true });
    writeFileSync(scene.state, "");
  },
  "state-open": (scene) => chmodSync(join(scene.state, "keys"), 0o755),
  "state-tmpfs": (scene) => onTmpfs(scene, "2g"),
  "disk-full": (scene) => onTmpfs(scene, "8m"),
  "keys-in-git": async (scene) => {
    execFileSync("git", ["init", "-q", scene.folder]);
  },
  "keys-ignored": async (scene) => {
    execFileSync("git", ["init", "-q", scene.folder]);
    scene.write(".gitignore", "/state/\n");
  },
  "keys-synced": (scene) => {
    mkdirSync(join(scene.folder, ".stfolder"));
  },
  "keys-in-dropbox": (scene) => movedTo(scene, "Dropbox/state"),
  "keys-in-backup": (scene) => movedTo(scene, "backups/state"),
  "kek-open": (scene) => kekFile(scene, "secrets/kek", 0o640),
  "kek-in-redis": (scene) => kekFile(scene, "state/redis/kek", 0o600),
  "kek-other": (scene) => {
    writeFileSync(join(scene.state, "kek"), `${Buffer.alloc(32, 1).toString("base64")}\n`);
  },
  "kek-gone": (scene) => rmSync(join(scene.state, "kek")),
  "key-damaged": (scene) => {
    const path = keyFile(scene);
    writeFileSync(path, Buffer.alloc(statSync(path).size, 7));
  },
  "journal-nowhere": (scene) => {
    scene.parts.top += "backup: {journal: elsewhere/journal}\n";
  },
  "journal-in-file": (scene) => {
    scene.parts.top += "backup: {journal: homeserver.yaml/journal}\n";
  },
  "journal-read-only": (scene) => {
    const disk = join(scene.folder, "disk");
    mkdirSync(disk, { mode: 0o700 });
    mountTmpfs(disk, "1m");
    scene.undo.push(() => execFileSync("umount", [disk]));
    execFileSync("mount", ["-o", "remount,ro", disk]);
    scene.parts.top += "backup: {journal: disk/journal}\n";
  },
  "journal-other": (scene) => {
    writeFileSync(join(scene.state, "journal"), "mine\n", { mode: 0o600 });
  },
  "keys-overdue": (scene) => madeAt(scene, -45 * DAY),
  "keys-stopped": async (scene) => {
    await madeAt(scene, -5 * HOUR);
    await scene.besideDaemon();
  },
  "clock-behind": (scene) => madeAt(scene, 3 * HOUR),
  "redis-frozen": async (scene) => {
    const redis = await redisWith(scene, []);
    const connection = await connectTo(redis.target);
    scene.undo.push(() => connection.close());
    const pid = redis.pid ?? Number.NaN; // NaN throws
    process.kill(pid, "SIGSTOP");
    scene.undo.push(() => process.kill(pid, "SIGCONT"));
    const heartbeat = new Heartbeat(connection, systemClock, silent);
    const ready = async () => {
      const answers = (await heartbeat.answers("PING")) !== undefined;
      return healthReport([{ check: "redis", ok: answers, found: answers ? "answers" : "doesn't answer" }]);
    };
    const frozen = async () => {
      await connection.command("GET", "nothing");
      return [];
    };
    await scene.besideDaemon({ doctor: frozen }, { live: () => healthReport([]), ready });
  },
  "redis-away": async (scene) => {
    scene.parts.top += `redis: {url: "redis://127.0.0.1:${await freePort()}"}\n`;
  },
  "redis-everysec": async (scene) => {
    await redisWith(scene, [], "everysec");
  },
  "redis-evicts": async (scene) => {
    await redisWith(scene, ["--maxmemory-policy", "allkeys-lru"]);
  },
  "redis-forgets": async (scene) => {
    await redisWith(scene, ["--appendonly", "no"]);
  },
  "redis-clear": async (scene) => {
    scene.parts.top += 'redis: {url: "redis://redis.example:6379"}\n';
    await scene.besideDaemon(); // so that nobody is called
  },
  "redis-password": async (scene) => {
    await redisWith(scene, []);
    scene.parts.top = scene.parts.top.replace("}", ", username: nobody, password: canary}");
  },
  "redis-full": async (scene) => {
    await redisWith(scene, ["--maxmemory", "1mb"]);
  },
  "redis-keys": async (scene) => {
    const redis = await redisWith(scene, []);
    rmSync(scene.state, { recursive: true });
    scene.parts.state = join(redis.folder, "state");
    scene.places.push([redis.folder, "/var/lib/redis"]);
    await scene.makeState();
  },
  "homeserver-away": async (scene) => {
    scene.parts.homeserver = `http://127.0.0.1:${await freePort()}`;
  },
  "homeserver-clock": (scene, servers) => behindClock(scene, servers, HOUR),
  "port-taken": async (scene, { port }) => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    scene.undo.push(() => new Promise((resolve) => other.close(resolve)));
  },
  "registration-token": registered({ as_token: "another" }),
  "registration-sender": registered({ sender_localpart: "footbridge" }),
  "registration-bot": registered({
    namespaces: {
      users: [{ exclusive: true, regex: "^@_fb_.*:localhost$" }],
      aliases: [{ exclusive: true, regex: "^#_fb_.*:localhost$" }],
    },
  }),
  "registration-everybody": registered({
    namespaces: {
      users: [{ exclusive: true, regex: "@.*" }],
      aliases: [{ exclusive: true, regex: "^#_fb_.*:localhost$" }],
    },
  }),
  "registration-url": registered({ url: null }),
  "registration-other-url": registered({ url: "http://127.0.0.1:1" }),
  "registration-limited": registered({ rate_limited: true }),
  "registration-flags": registered({ receive_ephemeral: false }),
  "registration-open": registered({}, 0o644),
  "features-unseen": (scene) => rmSync(join(scene.folder, "homeserver.yaml")),
  "features-other": settings({ server_name: "other.example" }),
  "features-search": settings({ enable_search: true }),
  "features-redaction": settings({ redaction_retention_period: null }),
  "features-retention": settings({ retention: {} }),
  "features-previews": settings({ url_preview_enabled: true }),
  "features-presence": settings({ presence: { enabled: true } }),
  "features-directory": settings({ user_directory: { search_all_users: true } }),
  "features-encryption": settings({ encryption_enabled_by_default_for_room_type: "all" }),
  "smsc-away": async (scene) => {
    scene.parts.smsPort = await freePort();
  },
  "smsc-silent": (scene) => smscWith(scene, { bind: "ignore" }),
  "smsc-password": (scene) => smscWith(scene, { password: "another" }),
  "smsc-busy": (scene) => smscWith(scene, { bind: 0x05 }),
  "smsc-expired": async (scene) => {
    await smscWith(scene, {}, EXPIRED_CERTIFICATE);
    scene.write("secrets/ca", EXPIRED_CERTIFICATE);
    scene.parts.link = ", tls: {ca: {file: secrets/ca}}";
  },
  "smsc-unknown": async (scene) => {
    await smscWith(scene, {}, CERTIFICATE);
    scene.parts.link = ", tls: true";
  },
  "smsc-clear": async (scene) => {
    scene.parts.smsHost = "smsc.example";
    await scene.besideDaemon(); // so that nobody is called
  },
  "whatsapp-away": async (scene) => {
    scene.parts.accounts = `  whatsapp:\n    network: whatsapp\n    number: "+12025550155"\n    server: ws://127.0.0.1:${await freePort()}/ws/chat\n`;
  },
};
