// Builds, starts, drives and stops test/peers/whatsmeow, a WhatsApp phone that nobody here wrote.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { glob, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Journal } from "./journal.ts";

const SOURCES = path.join(import.meta.dirname, "../peers/whatsmeow");
const run = promisify(execFile);

/**
 * Gives the path of the built program, from `cache` when these sources were built before: then without Go or network. Several
 * processes may ask at a time.
 */
export async function buildWhatsmeow(cache: string): Promise<string> {
  const digest = createHash("sha256");
  const files: string[] = [];
  for await (const file of glob(["*.go", "go.mod", "go.sum"], { cwd: SOURCES })) files.push(file);
  for (const file of files.toSorted()) digest.update(file).update(await readFile(path.join(SOURCES, file)));
  const program = path.resolve(cache, `whatsmeow-${digest.digest("hex").slice(0, 16)}`);
  if (await exists(program)) return program;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(path.resolve(cache), "build-"));
  try {
    const built = path.join(work, "whatsmeow");
    await run("go", ["build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-o", built, "."], {
      cwd: SOURCES,
    });
    await rename(built, program);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** What a phone has to know of its server. `WhatsAppServer` has all of it. */
interface PhoneNetwork {
  readonly url: string;
  /** The root's public key. */
  readonly root: Buffer;
  /** The media host's CA, in PEM. */
  readonly ca: string;
  /** The owner of a number scans a QR code. */
  scan(number: string, qr: string): void;
  /** The owner of a number types a code. */
  enterCode(number: string, code: string): Promise<void>;
}

/** A line that the program wrote of its own accord; its README has the fields. */
type PeerEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

interface Call {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** A running phone. */
export class WhatsmeowPeer {
  readonly name: string;
  /** Called for each event as it comes. */
  onEvent: (event: PeerEvent) => void = () => undefined;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #network: PhoneNetwork;
  readonly #journal = new Journal<PeerEvent>();
  readonly #calls = new Map<number, Call>();
  readonly #ended: Promise<unknown>;
  #lastCall = 0;

  private constructor(name: string, network: PhoneNetwork, folder: string, child: ChildProcess) {
    this.name = name;
    this.#network = network;
    this.#folder = folder;
    this.#process = child;
    this.#ended = once(child, "exit").then(() => this.#lost());
    if (child.stdout === null) throw new Error("the program has no output");
    createInterface({ input: child.stdout }).on("line", (line) => this.#take(line));
  }

  /** All that it told so far, in its order. */
  get events(): readonly PeerEvent[] {
    return this.#journal.entries;
  }

  /** Starts one that isn't linked, with an empty store of its own. */
  static async start(program: string, network: PhoneNetwork, name: string): Promise<WhatsmeowPeer> {
    const folder = await mkdtemp(path.join(tmpdir(), "fb-whatsmeow-"));
    const ca = path.join(folder, "ca.pem");
    await writeFile(ca, network.ca);
    const args = ["-store", path.join(folder, "store.db"), "-server", network.url, "-ca", ca, "-name", name];
    const child = spawn(program, [...args, "-root", network.root.toString("hex")], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { PATH: process.env.PATH },
    });
    const peer = new WhatsmeowPeer(name, network, folder, child);
    await peer.waitFor("ready");
    return peer;
  }

  /** Starts one and links it by QR to the account with this number. */
  static async linked(
    program: string,
    network: PhoneNetwork,
    number: string,
    name: string,
  ): Promise<WhatsmeowPeer> {
    const peer = await WhatsmeowPeer.start(program, network, name);
    await peer.run("connect");
    const { codes } = await peer.waitFor("qr");
    network.scan(number, String((codes as string[])[0])); // the program's own
    await peer.waitFor("connected");
    return peer;
  }

  /** Links it by a code that its owner types. */
  async linkByCode(number: string): Promise<void> {
    await this.run("connect");
    await this.waitFor("qr");
    const { code } = await this.run("pair-code", { phone: number });
    await this.#network.enterCode(number, String(code));
    await this.waitFor("connected");
  }

  /** Carries out a command of the program's README. @throws Error with the program's words. */
  async run(what: string, fields: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastCall;
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    this.#calls.set(id, { resolve, reject });
    this.#process.stdin?.write(`${JSON.stringify({ ...fields, id, do: what })}\n`);
    return promise;
  }

  /** Sends a text; the id of the message. */
  async send(to: string, text: string, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { id } = await this.run("send", { to, text, ...fields });
    return String(id);
  }

  /** The first event with this name that fits, of those that came since `since` and those to come. */
  async waitFor(
    event: string,
    fits: (event: PeerEvent) => boolean = () => true,
    ms = 10_000,
    since = 0,
  ): Promise<PeerEvent> {
    const good = (entry: PeerEvent): entry is PeerEvent => entry.event === event && fits(entry);
    return this.#journal.waitFor(good, ms, `${this.name}: found no ${event} that fits in ${ms} ms`, since);
  }

  /** The first text message with these words. */
  text(text: string, ms?: number): Promise<PeerEvent> {
    return this.waitFor("message", (event) => event.kind === "text" && event.text === text, ms);
  }

  /** The words of all text messages of others, in their order. */
  texts(): string[] {
    return this.events
      .filter(({ event, kind, fromMe }) => event === "message" && kind === "text" && fromMe !== true)
      .map(({ text }) => String(text));
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#process.stdin?.end();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 2_000);
    await this.#ended;
    clearTimeout(timer);
    await rm(this.#folder, { recursive: true, force: true });
  }

  #take(line: string): void {
    // The program's own JSON.
    const said = JSON.parse(line) as PeerEvent & {
      id?: number;
      result?: Record<string, unknown>;
      error?: string;
    };
    if (typeof said.event === "string") {
      this.#journal.add(said);
      this.onEvent(said);
      return;
    }
    const call = this.#calls.get(Number(said.id));
    if (call === undefined) return;
    this.#calls.delete(Number(said.id));
    if (said.error === undefined) call.resolve(said.result ?? {});
    else call.reject(new Error(`${this.name}: ${said.error}`));
  }

  #lost(): void {
    for (const { reject } of this.#calls.values()) reject(new Error(`${this.name} has ended`));
    this.#calls.clear();
  }
}
