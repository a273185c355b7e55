import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlClient, controlClient } from "../src/http/control-client.ts";
import { type DaemonProcess, startDaemonProcess } from "../test/support/daemon-process.ts";
import { type Homeserver, startHomeserver } from "../test/support/homeserver.ts";
import { LoopbackSmsc } from "../test/support/smsc.ts";
import { CAST, FRONT_DOOR, SECOND_NUMBER, SERVER_NAME } from "./cast.ts";
import { MatrixPhone } from "./matrix-phone.ts";
import { Outbox } from "./outbox.ts";
import type { Phone } from "./phone.ts";
import { freePort } from "./ports.ts";
import { SmsPhone } from "./sms-phone.ts";
import { Talk } from "./talk.ts";
import { NotSeen, until, within } from "./watch.ts";
import { WhatsAppPhone } from "./whatsapp-phone.ts";
import { WhatsAppSide } from "./whatsapp-side.ts";

const SECRETS = { asToken: "demo-as-token", hsToken: "demo-hs-token", password: "demo-pw" } as const;

/** The servers, and a phone that is linked with one of them before the story begins. */
interface Networks {
  readonly homeserver: Homeserver;
  readonly smsc: LoopbackSmsc;
  readonly whatsapp: WhatsAppSide;
  readonly talk: Talk;
  readonly anasPhone: WhatsAppPhone;
  readonly appservicePort: number;
}

/**
 * All that the demo plays on: a homeserver, an SMSC and a WhatsApp on loopback, some phones, and the real daemon in a process of its own,
 * in a temporary folder.
 */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "footbridge-demo-"));
  readonly talk: Talk;
  readonly homeserver: Homeserver;
  readonly smsc: LoopbackSmsc;
  readonly whatsapp: WhatsAppSide;
  /** All that the daemon sent to the networks. */
  readonly outbox: Outbox;
  readonly ana: MatrixPhone;
  readonly anasPhone: WhatsAppPhone;
  readonly leo: SmsPhone;
  readonly kim: MatrixPhone;
  readonly vic: SmsPhone;
  readonly mia: SmsPhone;
  readonly control: ControlClient;
  /** Texts to numbers that nobody has. */
  strays = 0;
  /** What the bridge gave out in the course of the story. */
  readonly known = { code: "", linkCode: "", leo: "", room: "", kim: "", kimsRoom: "" };
  /** The networks on which the daemon was seen connected. */
  networks: readonly string[] = [];
  readonly #appservicePort: number;
  #daemon: DaemonProcess | undefined;
  /** What a daemon said that didn't start. */
  #lastWords = "";

  private constructor({ appservicePort, homeserver, smsc, talk, ...networks }: Networks) {
    this.talk = talk;
    this.homeserver = homeserver;
    this.smsc = smsc;
    this.whatsapp = networks.whatsapp;
    this.outbox = new Outbox(homeserver, smsc, networks.whatsapp);
    this.#appservicePort = appservicePort;
    const { ana, leo, kim, vic, mia } = CAST;
    this.ana = new MatrixPhone("Ana's computer, Matrix", ana.mxid, homeserver, talk, "ana");
    this.anasPhone = networks.anasPhone;
    this.leo = new SmsPhone("Leo's phone, SMS", leo.phone, smsc, talk, "leo");
    this.kim = new MatrixPhone("Kim's phone, Matrix", kim.mxid, homeserver, talk);
    this.vic = new SmsPhone("Vic's phone, SMS", vic.phone, smsc, talk);
    this.mia = new SmsPhone("Mia's phone, SMS", mia.phone, smsc, talk);
    this.control = controlClient(this.state);
    const phones = [this.leo, this.vic, this.mia];
    smsc.onMessage = (sms) => {
      const phone = phones.find(({ number }) => number === sms.to);
      if (phone === undefined) this.strays += 1;
      phone?.receive(sms);
    };
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
    const whatsapp = await WhatsAppSide.open();
    const talk = new Talk();
    const owner = { title: "Ana's phone, WhatsApp", number: CAST.ana.phone };
    const anasPhone = await WhatsAppPhone.linked(whatsapp, owner, talk, "ana");
    return new Stage({ homeserver, smsc, whatsapp, talk, anasPhone, appservicePort });
  }

  /** The daemon's state folder. */
  get state(): string {
    return join(this.folder, "state");
  }

  get phones(): readonly Phone[] {
    return [this.ana, this.anasPhone, this.leo, this.kim, this.vic, this.mia];
  }

  /** @throws when it was never started. */
  get daemon(): DaemonProcess {
    if (this.#daemon === undefined) throw new Error("the daemon was never started");
    return this.#daemon;
  }

  /**
   * Starts the daemon, again after it ended, and waits until all networks are connected: WhatsApp only after its account was
   * linked. Gives its time to ready, in ms.
   */
  async startDaemon(): Promise<number> {
    try {
      if (this.#daemon === undefined) {
        const env = this.whatsapp.daemonEnv();
        this.#daemon = await startDaemonProcess(this.folder, this.#config(), env);
      } else await this.#daemon.start();
    } catch (error) {
      this.#lastWords = error instanceof Error ? error.message : String(error);
      throw new NotSeen(`the daemon didn't start: ${sentenceIn(this.#lastWords)}`);
    }
    if (this.networks.length > 0) await this.connected();
    return this.#daemon.readyMs;
  }

  /** Waits until the networks, all unless some are named, are connected. */
  async connected(wanted?: readonly string[]): Promise<void> {
    this.networks = await until("all networks connected in `footbridge status`", async () => {
      const { ready, accounts } = await this.control.status();
      const asked = accounts.filter(({ network }) => wanted?.includes(network) ?? true);
      return ready && asked.every(({ state }) => state === "connected")
        ? asked.map(({ network }) => network)
        : undefined;
    });
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
    await this.anasPhone.close();
    await Promise.all([this.homeserver.stop(), this.smsc.stop(), this.whatsapp.stop()]);
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

  /** As an operator's would be, with the default limits; only that it texts numbers which nobody can have. */
  #config(): Record<string, unknown> {
    const { homeserver, smsc } = this;
    const { asToken, hsToken, password } = SECRETS;
    return {
      limits: { smsRefuse: [] },
      accounts: {
        matrix: {
          network: "matrix",
          homeserver: { url: homeserver.url, name: SERVER_NAME },
          appservice: { port: this.#appservicePort, asToken, hsToken },
        },
        sms: {
          network: "sms",
          numbers: [FRONT_DOOR, SECOND_NUMBER],
          links: [{ name: "demo", host: "127.0.0.1", port: smsc.port, systemId: "demo", password }],
        },
        ...this.whatsapp.account(),
      },
    };
  }
}

/** The sentence for people in what a daemon printed: the last line that isn't one of its log. */
function sentenceIn(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("{"));
  return lines.at(-1) ?? "it said nothing";
}
