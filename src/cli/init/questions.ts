import { answerTo, type Given, type Key, type Tools, type Verdict } from "./answers.ts";
import * as check from "./checks.ts";

/** One question, as it is asked on the terminal and given on the command line. */
export interface Question {
  /** The option, with what stands behind it. */
  readonly flag: string;
  /** For the help of the option. */
  readonly help: string;
  /** As it is asked; left out: it is never asked. */
  readonly words?: string;
  /** It isn't shown as it is typed, and its option names a file that holds it. */
  readonly hidden?: true;
  /** Without an answer to that one, this one means nothing. */
  readonly needs?: Key;
  /** What it is by what was answered before, so that it isn't asked; undefined: it is. */
  readonly settled?: (given: Given, tools: Tools) => string | undefined;
  /** What it is when nothing else is said; undefined: it has to be said. */
  readonly preset?: (given: Given, tools: Tools) => string | undefined | Promise<string | undefined>;
  readonly check: (text: string, given: Given, tools: Tools) => Verdict | Promise<Verdict>;
}

const PORT = "9993";
const SMPP_PORT = "2775";
const isComposed = (given: Given): boolean => answerTo(given, "compose") === "yes";

/** The whole conversation. */
export const QUESTIONS: Readonly<Record<Key, Question>> = {
  compose: {
    flag: "--compose [yes|no]",
    help: "write compose.yaml too: a new Synapse, the bridge",
    words: "Write a compose.yaml with a new Synapse and the bridge, for docker? yes or no",
    settled: (_given, { compose }) => (compose === undefined ? "no" : undefined),
    preset: () => "no",
    check: check.compose,
  },
  homeserver: {
    flag: "--homeserver <url>",
    help: "the homeserver's client API, as this machine reaches it",
    words: "The homeserver: the address at which this machine reaches it, or its name",
    settled: (given) => (isComposed(given) ? "http://synapse:8008" : undefined),
    preset: (_given, { found }) => found.url,
    check: check.homeserver,
  },
  serverName: {
    flag: "--server-name <name>",
    help: "what stands after the colon of its users' names",
    words: "Its server name: what stands after the colon of its users' names",
    preset: (given, tools) =>
      isComposed(given) ? undefined : check.likelyName(answerTo(given, "homeserver"), tools),
    check: check.serverName,
  },
  operator: {
    flag: "--operator <mxid>",
    help: "your own Matrix id: whom the bridge tells how it is",
    words: "Your own Matrix id: the bridge tells you there when something is wrong",
    check: check.operator,
  },
  port: {
    flag: "--port <port>",
    help: "the TCP port on which the bridge listens for the homeserver",
    words: "The port on which the bridge listens for the homeserver",
    settled: (given) => (isComposed(given) ? PORT : undefined),
    preset: () => PORT,
    check: check.freePort,
  },
  url: {
    flag: "--url <url>",
    help: "how the homeserver reaches that",
    words: "How the homeserver reaches that",
    settled: (given) => (isComposed(given) ? `http://footbridge:${PORT}` : undefined),
    preset: (given, { hostname }) =>
      check.likelyUrl(answerTo(given, "homeserver"), answerTo(given, "port"), hostname),
    check: check.ownUrl,
  },
  bind: {
    flag: "--bind <address>",
    help: "the address to listen on, if not by the url",
    preset: (given) => check.likelyBind(answerTo(given, "url")),
    check: check.bindAddress,
  },
  state: {
    flag: "--state <folder>",
    help: "the state folder, as seen from the config's folder",
    settled: (given) => (isComposed(given) ? "/var/lib/footbridge" : undefined),
    preset: (_given, { folder }) => check.likelyState(folder),
    check: check.folder,
  },
  smsHost: {
    flag: "--sms-host <host>",
    help: "your SMS provider's SMSC (SMPP 3.4), if you have one",
    words: "The host of your SMS provider's SMSC (SMPP 3.4); Enter for none yet",
    preset: () => "",
    check: check.host,
  },
  smsPort: {
    flag: "--sms-port <port>",
    help: "its port (2775)",
    words: "Its port",
    needs: "smsHost",
    preset: () => SMPP_PORT,
    check: check.port,
  },
  smsTls: {
    flag: "--sms-tls [yes|no]",
    help: "whether it wants TLS",
    words: "Does it want TLS? yes or no",
    needs: "smsHost",
    preset: () => "no",
    check: check.yesOrNo,
  },
  smsSystemId: {
    flag: "--sms-system-id <id>",
    help: "the system_id that it gave you",
    words: "The system_id that it gave you",
    needs: "smsHost",
    check: check.systemId,
  },
  smsPassword: {
    flag: "--sms-password-file <file>",
    help: "a file with the password that goes with it",
    words: "The password that goes with it (it isn't shown)",
    hidden: true,
    needs: "smsHost",
    check: check.password,
  },
  smsNumbers: {
    flag: "--sms-numbers <list>",
    help: "the numbers that it gave you, with commas between",
    words: "The numbers that it gave you, with + and country code, commas between",
    needs: "smsHost",
    check: check.smsNumbers,
  },
  whatsapp: {
    flag: "--whatsapp <number>",
    help: "the number of a phone whose WhatsApp the bridge uses",
    words: "The number of a phone whose WhatsApp the bridge shall use; Enter for none yet",
    preset: () => "",
    check: check.whatsAppNumber,
  },
};
