import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlClient, controlClient } from "../src/http/control-client.ts";
import { type DaemonProcess, startDaemonProcess } from "../test/support/daemon-process.ts";
import { type Homeserver, startHomeserver } from "../test/support/homeserver.ts";
import { ROOMY_LIMITS } from "../test/support/roomy-limits.ts";
import { LoopbackSmsc } from "../test/support/smsc.ts";
import { ANA, BRIDGE_NUMBER, LEO, SERVER_NAME } from "./parties.ts";
import { AnaPhone, LeoPhone } from "./phones.ts";
import { Talk } from "./talk.ts";
import { NotSeen, until, within } from "./watch.ts";

const SECRETS = { asToken: "demo-as-token", hsToken: "demo-hs-token", password: "demo-pw" } as const;

/**
 * All that the demo plays on: a homeserver and an SMSC on loopback, two phones, and the real daemon in a process of its own,
 * in a temporary folder.
 */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "footbridge-demo-"));
  readonly talk = new Talk();
  readonly homeserver: Homeserver;
  readonly smsc: LoopbackSmsc;
  readonly ana: AnaPhone;
  readonly leo: LeoPhone;
  readonly control: ControlClient;
  readonly #appservicePort: number;
  #daemon: DaemonProcess | undefined;
  /** What a daemon said that didn't start. */
  #lastWords = "";

  private constructor(homeserver: Homeserver, smsc: LoopbackSmsc, appservicePort: number) {
    this.homeserver = homeserver;
    this.smsc = smsc;
    this.#appservicePort = appservicePort;
    this.ana = new AnaPhone(homeserver, this.talk);
    this.leo = new LeoPhone(smsc, this.talk);
    this.control = controlClient(this.state);
  }

  /** Starts the servers; the daemon isn't started yet. */
  static async build(): Promise<Stage> {
    const appservicePort = await freePort();
    const homeserver = await startHomeserver({
      asToken: SECRETS.asToken,
      serverName: SERVER_NAME,
      appservice: { url: `http://127.0.0.1:${appservicePort}`, hsToken: SECRETS.hsToken },
    });
    const smsc = await LoopbackSmsc.start({ settings: { systemId: "demo", password: SECRETS.password } });
    return new Stage(homeserver, smsc, appservicePort);
  }

  /** The daemon's state folder. */
  get state(): string {
    return join(this.folder, "state");
  }

  /** @throws when it was never started. */
  get daemon(): DaemonProcess {
    if (this.#daemon === undefined) throw new Error("the daemon was never started");
    return this.#daemon;
  }

  /** Starts the daemon, again after it ended, and waits until both networks are connected. Gives its time to ready, in ms. */
  async startDaemon(): Promise<number> {
    try {
      if (this.#daemon === undefined) this.#daemon = await startDaemonProcess(this.folder, this.#config());
      else await this.#daemon.start();
    } catch (error) {
      this.#lastWords = error instanceof Error ? error.message : String(error);
      throw new NotSeen(`the daemon didn't start: ${sentenceIn(this.#lastWords)}`);
    }
    await until("both networks connected in `footbridge status`", async () => {
      const { ready, accounts } = await this.control.status();
      return ready && accounts.every(({ state }) => state === "connected") ? true : undefined;
    });
    return this.#daemon.readyMs;
  }

  /** The daemon's log on disk, to be looked at after the demo. */
  keepLog(): string {
    const file = join(this.folder, "daemon.log");
    writeFileSync(file, this.#daemon?.output() ?? this.#lastWords, { mode: 0o600 });
    return file;
  }

  /** Ends everything; the folder stays when `keep` says so. */
  async close(keep: boolean): Promise<void> {
    await within("the daemon's end", this.#daemon?.end("SIGKILL") ?? Promise.resolve(null)).catch(
      () => undefined,
    );
    await Promise.all([this.homeserver.stop(), this.smsc.stop()]);
    if (!keep) this.#remove();
  }

  /** Ends the daemon and removes the folder, without waiting: for Ctrl-C. */
  abandon(): void {
    void this.#daemon?.end("SIGKILL");
    this.#remove();
  }

  #remove(): void {
    // Redis may still be ending, and writes a last file meanwhile.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  #config(): Record<string, unknown> {
    const { homeserver, smsc } = this;
    const { asToken, hsToken, password } = SECRETS;
    return {
      limits: ROOMY_LIMITS,
      accounts: {
        matrix: {
          network: "matrix",
          homeserver: { url: homeserver.url, name: SERVER_NAME },
          appservice: { port: this.#appservicePort, asToken, hsToken },
        },
        sms: {
          network: "sms",
          numbers: [BRIDGE_NUMBER],
          links: [{ name: "demo", host: "127.0.0.1", port: smsc.port, systemId: "demo", password }],
        },
      },
      pairs: [
        {
          matrix: ANA.mxid,
          sms: LEO.number,
          account: "sms",
          number: BRIDGE_NUMBER,
          names: { matrix: ANA.name, sms: LEO.name },
        },
      ],
    };
  }
}

/** The sentence for people in what a daemon printed: the last line that isn't one of its log. */
function sentenceIn(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("{"));
  return lines.at(-1) ?? "it said nothing";
}

/** A port on which nobody listens now. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("found no free port on 127.0.0.1");
  return address.port;
}

/** Whether somebody listens on a port of this machine. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
