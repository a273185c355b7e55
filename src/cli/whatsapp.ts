import { loadStateFolder } from "../config/index.ts";
import type { PairingReport, UnpairReport } from "../http/control-api.ts";
import { type ControlClient, controlClient } from "../http/control-client.ts";
import { assertNever } from "../model/assert-never.ts";
import { CommandFailed, EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { span } from "./text.ts";

interface Options {
  readonly config: string;
  readonly json?: boolean;
  /** `true`: by a code, for the number of the config. */
  readonly code?: string | true;
}

/** `footbridge whatsapp pair [ACCOUNT]` */
export async function pairWhatsApp(name: string | undefined, options: Options, io: Io): Promise<ExitCode> {
  const client = controlClient(loadStateFolder(options.config));
  const account = name ?? (await onlyAccount(client));
  const show = options.json === true ? jsonLines(io) : await screen(account, io);
  let last: PairingReport | undefined;
  for await (const step of client.pair(account, requestOf(options))) {
    show(step);
    last = step;
  }
  return last?.step === "paired" ? EXIT.ok : EXIT.problem;
}

function requestOf({ code }: Options): Parameters<ControlClient["pair"]>[1] {
  if (code === undefined) return { by: "qr" };
  return code === true ? { by: "code" } : { by: "code", number: code };
}

interface UnpairOptions {
  readonly config: string;
  readonly json?: boolean;
  /** It isn't asked whether that is meant. */
  readonly yes?: boolean;
}

/** `footbridge whatsapp unpair [ACCOUNT]` */
export async function unpairWhatsApp(
  name: string | undefined,
  options: UnpairOptions,
  io: Io,
): Promise<ExitCode> {
  const client = controlClient(loadStateFolder(options.config));
  const account = name ?? (await onlyAccount(client));
  if (options.yes !== true && !(await isMeant(account, io))) return EXIT.problem;
  const { result } = await client.unpair(account);
  if (options.json === true) io.out(JSON.stringify({ account, result }));
  else if (result === "failed" || result === "not-paired")
    io.err(`footbridge: ${unpairText(account, result)}`);
  else io.out(unpairText(account, result));
  return result === "failed" ? EXIT.problem : EXIT.ok;
}

async function isMeant(account: string, io: Io): Promise<boolean> {
  const answer = await io.ask?.(
    `End the link of ${account} with its phone? Nobody on WhatsApp is reached until it is linked again. [y/N] `,
  );
  if (answer === undefined)
    throw new CommandFailed(EXIT.usage, "nobody can be asked here: add --yes if you mean it");
  if (/^y(?:es)?$/i.test(answer.trim())) return true;
  io.err("footbridge: nothing was changed");
  return false;
}

function unpairText(account: string, result: UnpairReport["result"]): string {
  const again = `"footbridge whatsapp pair ${account}" links it again`;
  switch (result) {
    case "unpaired":
      return `${account} isn't linked any more, and its keys are gone; ${again}.`;
    case "forgotten":
      return `The keys of ${account} are gone, but WhatsApp couldn't be told: take the device off on the phone (Settings, Linked devices); ${again}.`;
    case "not-paired":
      return `${account} isn't linked with a phone; ${again}`;
    case "failed":
      return `the link of ${account} couldn't be ended: it isn't running, or its keys can't be changed now; see "footbridge status", and try again`;
    default:
      return assertNever(result);
  }
}

/** The one account that is on WhatsApp. */
async function onlyAccount(client: ControlClient): Promise<string> {
  const { accounts } = await client.status();
  const names = accounts.filter(({ network }) => network === "whatsapp").map(({ account }) => account);
  const [only] = names;
  if (only === undefined) {
    throw new CommandFailed(EXIT.usage, 'no account of the running bridge has "network: whatsapp"');
  }
  if (names.length === 1) return only;
  throw new CommandFailed(EXIT.usage, `several accounts are on WhatsApp: name one of ${names.join(", ")}`);
}

function jsonLines(io: Io): (step: PairingReport) => void {
  return (step) => io.out(JSON.stringify(step));
}

/** Shows the steps to people: on a terminal a new code takes the place of the old one. */
async function screen(account: string, io: Io): Promise<(step: PairingReport) => void> {
  const { qrLines } = await import("./qr.ts");
  let shown = 0;
  const put = (lines: readonly string[]): void => {
    const back = shown > 0 && io.terminal === true ? `\u001b[${shown}A\u001b[0J` : "";
    for (const [at, line] of lines.entries()) io.out(at === 0 ? `${back}${line}` : line);
    shown = 0;
  };
  return (step) => {
    switch (step.step) {
      case "connecting":
        return; // what comes next says more
      case "qr": {
        const lines = [QR_HINT, ...qrLines(step.qr), until(step.expiresMs)];
        put(lines);
        shown = lines.length;
        return;
      }
      case "code": {
        const lines = [
          CODE_HINT,
          "",
          `    ${step.code.slice(0, 4)}-${step.code.slice(4)}`,
          "",
          until(step.expiresMs),
        ];
        put(lines);
        shown = lines.length;
        return;
      }
      case "linked":
        return put(["The phone has agreed; connecting."]);
      case "paired":
        return put([`${account} is linked and works.`]);
      case "refused":
        return io.err(`footbridge: ${account} isn't linked (${step.why}): ${step.remedy}`);
      default:
        return assertNever(step);
    }
  };
}

const QR_HINT = "On the phone: WhatsApp, Settings, Linked devices, Link a device. Scan this:";
const CODE_HINT =
  "On the phone: WhatsApp, Settings, Linked devices, Link a device, Link with phone number instead. Type this:";

function until(ms: number): string {
  return `It is good for ${span(ms)}; Ctrl-C ends it.`;
}
