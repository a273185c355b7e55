// Builds, starts, drives and stops test/peers/smsc-jsmpp, the SMSC that nobody here wrote.

import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, glob, mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const SOURCES = path.join(import.meta.dirname, "../peers/smsc-jsmpp");
const run = promisify(execFile);

/**
 * Gives the path of the built driver, from `cache` when these sources were built before: then without Maven or network.
 * Several processes may ask at a time.
 */
export async function buildJsmpp(cache: string): Promise<string> {
  const digest = createHash("sha256");
  const files: string[] = [];
  for await (const file of glob(["pom.xml", "src/**/*.java"], { cwd: SOURCES })) files.push(file);
  for (const file of files.toSorted()) {
    digest.update(file).update(await readFile(path.join(SOURCES, file)));
  }
  const jar = path.resolve(cache, `smsc-${digest.digest("hex").slice(0, 16)}.jar`);
  if (await exists(jar)) return jar;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(path.resolve(cache), "build-"));
  try {
    await cp(path.join(SOURCES, "pom.xml"), path.join(work, "pom.xml"));
    await cp(path.join(SOURCES, "src"), path.join(work, "src"), { recursive: true });
    const maven = (...more: string[]) => run("mvn", ["-q", "-B", ...more, "package"], { cwd: work });
    await maven("-o").catch(() => maven());
    await rename(path.join(work, "target/smsc.jar"), jar);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return jar;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** An event of the driver; its README has the fields. */
type JsmppEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

/** A running driver. */
export class JsmppSmsc {
  readonly port: number;
  readonly pid: number;
  /** Called for each event as it comes. */
  onEvent: (event: JsmppEvent) => void = () => undefined;
  readonly #control: number;
  readonly #ended: Promise<unknown>;

  private constructor(ready: JsmppEvent, ended: Promise<unknown>) {
    this.port = Number(ready.port);
    this.pid = Number(ready.pid);
    this.#control = Number(ready.control);
    this.#ended = ended;
  }

  /** Starts it on free ports. `store`: a PKCS#12 file, for TLS. */
  static async start(
    jar: string,
    settings: Readonly<Record<string, string | number>> = {},
    store?: { readonly file: string; readonly password: string },
  ): Promise<JsmppSmsc> {
    const tls =
      store === undefined
        ? []
        : [`-Djavax.net.ssl.keyStore=${store.file}`, `-Djavax.net.ssl.keyStorePassword=${store.password}`];
    const given = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    const args = ["-Xmx256m", ...tls, "-jar", jar, "--port=0", "--control=0", ...given];
    const child = spawn("java", store === undefined ? args : [...args, "--tls"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const lines = createInterface({ input: child.stdout });
    const [first] = await Promise.race([
      once(lines, "line"),
      ended.then(() => {
        throw new Error("the jSMPP driver ended before it was ready");
      }),
    ]);
    // Each line is the driver's own JSON.
    const smsc = new JsmppSmsc(JSON.parse(String(first)) as JsmppEvent, ended);
    lines.on("line", (line) => smsc.onEvent(JSON.parse(line) as JsmppEvent));
    return smsc;
  }

  /** Gives a command. @throws Error with the driver's words when it refuses. */
  async run(
    name: string,
    parameters: Readonly<Record<string, string | number>> = {},
  ): Promise<Record<string, unknown>> {
    const query = Object.entries(parameters).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    const response = await fetch(`http://127.0.0.1:${this.#control}/${name}?${query.join("&")}`);
    // JSON of the driver's own.
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${name}: ${String(answer.error)}`);
    return answer;
  }

  /** The statuses of the answers to a command that sends deliver_sm. */
  async statuses(name: string, parameters: Readonly<Record<string, string | number>>): Promise<number[]> {
    const { status } = await this.run(name, parameters);
    return Array.isArray(status) ? status.map(Number) : [];
  }

  /** All events of a kind so far. */
  async events(kind: string): Promise<JsmppEvent[]> {
    const response = await fetch(`http://127.0.0.1:${this.#control}/events?after=0`);
    // JSON of the driver's own.
    const all = (await response.json()) as JsmppEvent[];
    return all.filter(({ event }) => event === kind);
  }

  /** Waits until there are so many events of a kind. */
  async waitFor(kind: string, count: number, ms = 5_000): Promise<JsmppEvent[]> {
    for (const until = Date.now() + ms; ; ) {
      const found = await this.events(kind);
      if (found.length >= count) return found;
      if (Date.now() > until) throw new Error(`found ${found.length} events ${kind}, expected ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  /** Ends it, at once when asked with SIGKILL. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    try {
      process.kill(this.pid, signal);
    } catch {
      // It has ended by itself.
    }
    await this.#ended;
  }
}
