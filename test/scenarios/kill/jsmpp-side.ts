import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { JSMPP_CACHE } from "../../../scripts/testing/peers.ts";
import { buildJsmpp } from "../../support/jsmpp.ts";
import { PhoneAssembly } from "./phone-assembly.ts";
import type { PhoneSend, PhoneText, SmscSide } from "./smsc-contract.ts";

/** How long an answer to a deliver_sm is waited for; the daemon may keep one back while its Redis is away. */
const ANSWER_WITHIN = 45_000;

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly control: number;
}

/**
 * jSMPP's SMSC. Its memory dies with it, a real SMSC's doesn't: what it was given is read from its output, which a kill
 * leaves whole, and texts are joined here.
 */
export class JsmppSide implements SmscSide {
  onText: (text: PhoneText) => void = () => undefined;
  onAnswer: (sequence: number) => void = () => undefined;
  readonly #jar: string;
  readonly #assembly = new PhoneAssembly();
  #running: Running | undefined;
  #port = 0;

  private constructor(jar: string) {
    this.#jar = jar;
  }

  static async start(): Promise<JsmppSide> {
    const side = new JsmppSide(await buildJsmpp(JSMPP_CACHE));
    await side.begin();
    return side;
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  async begin(): Promise<void> {
    const settings = ["--system_id=fb", "--password=pw", "--receipt_delay=30"];
    const args = [
      "-Xmx256m",
      "-XX:TieredStopAtLevel=1",
      "-jar",
      this.#jar,
      "--port=0",
      "--control=0",
      ...settings,
    ];
    const child = spawn("java", args, { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout });
    const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
      child.once("exit", () => reject(new Error("the jSMPP driver ended before it was ready")));
      lines.on("line", (line) => {
        const event = JSON.parse(line) as Record<string, unknown>; // the driver's own
        if (event.event === "ready") resolve(event);
        else this.#take(event);
      });
    });
    this.#port = Number(ready.port);
    this.#running = { child, port: this.#port, control: Number(ready.control) };
  }

  async end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    const gone = once(running.child, "close"); // not "exit": its last output comes before this
    running.child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.end();
  }

  async deliver(send: PhoneSend): Promise<readonly number[] | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    const query = new URLSearchParams({
      from: send.phone,
      to: send.number,
      text: send.text,
      ref: String(send.reference & 0xff),
      wait: String(ANSWER_WITHIN),
      ...(send.parts === undefined ? {} : { parts: send.parts.join(",") }),
    });
    try {
      // The driver reads percent-encoding only.
      const encoded = query.toString().replaceAll("+", "%20");
      const response = await fetch(`http://127.0.0.1:${running.control}/deliver?${encoded}`);
      const answer = (await response.json()) as { status?: unknown }; // the driver's own
      return Array.isArray(answer.status) ? answer.status.map(Number) : undefined;
    } catch {
      return undefined; // it was killed meanwhile
    }
  }

  #take(event: Record<string, unknown>): void {
    if (event.event !== "pdu") return;
    if (event.name === "deliver_sm_resp" && event.status === 0) this.onAnswer(Number(event.seq));
    if (event.name !== "submit_sm") return;
    const text = this.#assembly.add({
      phone: String(event.to),
      number: String(event.from),
      header: Buffer.from(String(event.udh), "hex"),
      octets: Buffer.from(String(event.short_message), "hex"),
      coding: Number(event.data_coding),
    });
    if (text !== undefined) this.onText({ phone: String(event.to), text, at: Date.now() });
  }
}
