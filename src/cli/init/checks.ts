import { createServer } from "node:net";
import { answerTo, type Given, type Tools, type Verdict } from "./answers.ts";
import { clientUrlOf, hasUser, homeserverAt, nameOf } from "./lookup.ts";
import { isServerName } from "./server-name.ts";

// What is said of each answer. A wrong one is said to be wrong in one sentence that says what is expected.

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** The bot's localpart: nobody can be asked into a room by themselves. */
const BOT = "footbridge";

/** Yes or no, also by the first letter. */
export function yesOrNo(text: string): Verdict {
  const word = text.toLowerCase();
  if (word === "y" || word === "yes") return { value: "yes" };
  if (word === "n" || word === "no") return { value: "no" };
  return { wrong: "yes or no is expected" };
}

/** Whether compose.yaml is wanted, where there is one. */
export function compose(text: string, _given: Given, { compose: source }: Tools): Verdict {
  const verdict = yesOrNo(text);
  const isWanted = "value" in verdict && verdict.value === "yes";
  return isWanted && source === undefined ? { wrong: "this installation has no compose.yaml" } : verdict;
}

/** An address, or a server name whose address is looked up. */
export async function homeserver(text: string): Promise<Verdict> {
  const isName = !text.includes("/") && isServerName(text);
  const url = isName ? ((await here(text)) ?? (await clientUrlOf(text))) : webAddress(text);
  if (url === undefined) {
    return { wrong: isName ? `no address is known for that name: give it, as http://HOST:PORT` : AN_ADDRESS };
  }
  switch (await homeserverAt(url)) {
    case "homeserver":
      return { value: url };
    case "nothing":
      return { value: url, doubt: "nothing answers there" };
    case "something else":
      return { value: url, doubt: "what answers there is no homeserver" };
  }
}

/** `localhost:8008`, where a homeserver answers there: nothing of this machine's own has to be encrypted on its way. */
async function here(text: string): Promise<string | undefined> {
  const url = `http://${text}`;
  const isPort = /:\d+$/.test(text) && LOOPBACK.test(text.replace(/:\d+$/, ""));
  return isPort && (await homeserverAt(url)) === "homeserver" ? url : undefined;
}

const AN_ADDRESS = "an address is expected: http://HOST:PORT or https://HOST";

/** Without a path that is only a slash; undefined when it is none. */
function webAddress(text: string): string | undefined {
  const url = URL.parse(text);
  const isWeb = url !== null && /^https?:$/.test(url.protocol) && url.hostname !== "";
  if (!isWeb || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** The name that a homeserver gives itself, that its config has, or that its address suggests. */
export async function likelyName(url: string, { found }: Tools): Promise<string | undefined> {
  const own = (url === found.url ? found.serverName : undefined) ?? (await nameOf(url));
  if (own !== undefined) return own;
  const host = URL.parse(url)?.hostname ?? "";
  if (!host.includes(".") || /^[\d.:[\]]+$/.test(host)) return undefined;
  return host.replace(/^(?:matrix|synapse)\./, "");
}

/** A server name, which the homeserver may say to be another. */
export async function serverName(text: string, given: Given): Promise<Verdict> {
  const name = text.replace(/^.*:\/\//, "").toLowerCase();
  if (!isServerName(name)) return { wrong: "a server name is expected: example.org" };
  const own = await nameOf(answerTo(given, "homeserver"));
  const isOther = own !== undefined && own !== name;
  return { value: name, ...(isOther ? { doubt: `the homeserver says that its name is ${own}` } : {}) };
}

/** An MXID; a localpart alone is one of the homeserver's own users. */
export async function operator(text: string, given: Given, { canonical }: Tools): Promise<Verdict> {
  const server = answerTo(given, "serverName");
  const whole = text.includes(":") ? text : `@${text.replace(/^@/, "")}:${server}`;
  const user = canonical("matrix", whole);
  if (user === undefined) return { wrong: `a Matrix id is expected: @you:${server}` };
  if (user === `@${BOT}:${server}`) return { wrong: "that is the bridge's own: yours is expected" };
  if (server === "") return { value: user }; // it is missing, which is said
  if (!user.endsWith(`:${server}`)) return { value: user, doubt: `it isn't a user of ${server}` };
  const isThere = await hasUser(answerTo(given, "homeserver"), user);
  return { value: user, ...(isThere === false ? { doubt: "the homeserver has no such user" } : {}) };
}

/** A TCP port. */
export function port(text: string): Verdict {
  const number = Number(text);
  const isPort = /^\d{1,5}$/.test(text) && number >= 1 && number <= 65_535;
  return isPort ? { value: String(number) } : { wrong: "a port is expected: a number from 1 to 65535" };
}

/** A port that can be listened on now. */
export async function freePort(text: string): Promise<Verdict> {
  const verdict = port(text);
  if ("wrong" in verdict) return verdict;
  const code = await refusalOf(Number(verdict.value));
  if (code === undefined) return verdict;
  if (code === "EADDRINUSE") return { wrong: "another program listens on it: a free port is expected" };
  return { wrong: `this user may not listen on it (${code}): one from 1024 on is expected` };
}

/** Why a port can't be listened on here; undefined: it can. */
function refusalOf(number: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve("code" in error ? String(error.code) : error.name));
    server.listen(number, "127.0.0.1", () => server.close(() => resolve(undefined)));
  });
}

/** The address by which the homeserver most likely reaches us: they are on one machine, or this one has a name. */
export function likelyUrl(homeserverUrl: string, ownPort: string, hostname: string): string {
  const isHere = LOOPBACK.test(URL.parse(homeserverUrl)?.hostname ?? "");
  // a container is called by its id, which the next one hasn't
  const own = /^[0-9a-f]{12}$/.test(hostname) ? "footbridge" : hostname;
  return `http://${isHere ? "127.0.0.1" : own}:${ownPort}`;
}

/** An address under which the homeserver finds us. */
export function ownUrl(text: string, given: Given): Verdict {
  const url = webAddress(text);
  if (url === undefined) return { wrong: AN_ADDRESS };
  const isHere = LOOPBACK.test(URL.parse(url)?.hostname ?? "");
  const isFar = !LOOPBACK.test(URL.parse(answerTo(given, "homeserver"))?.hostname ?? "");
  const doubt = "a homeserver on another machine, or in a container, doesn't reach this one by that";
  return { value: url, ...(isHere && isFar ? { doubt } : {}) };
}

/** Nobody else needs to reach a port that the homeserver reaches on loopback. */
export function likelyBind(url: string): string {
  return LOOPBACK.test(URL.parse(url)?.hostname ?? "") ? "127.0.0.1" : "0.0.0.0";
}

/** An address of this machine. */
export function bindAddress(text: string): Verdict {
  return /^[0-9A-Fa-f.:]{2,45}$/.test(text) || text === "localhost"
    ? { value: text }
    : { wrong: "an address of this machine is expected: 127.0.0.1, or 0.0.0.0 for all" };
}

/** Beside the config, but apart from it where that is among the system's: what is there is copied and shown around. */
export function likelyState(configFolder: string): string {
  return /^\/etc(?:\/|$)/.test(configFolder) ? "/var/lib/footbridge" : "./state";
}

/** A folder's path. */
export function folder(text: string): Verdict {
  return /\p{Cc}/u.test(text) ? { wrong: "a folder's path is expected" } : { value: text };
}

/** A host's name or address, or nothing. */
export function host(text: string): Verdict {
  return /^[A-Za-z0-9_.-]{0,253}$/.test(text) || /^[0-9A-Fa-f:]{2,45}$/.test(text)
    ? { value: text }
    : { wrong: "a host is expected, without its port: smsc.example.net" };
}

/** What SMPP has room for. */
export function systemId(text: string): Verdict {
  return /^[\x20-\x7e]{1,64}$/.test(text)
    ? { value: text }
    : { wrong: "up to 64 printable ASCII characters are expected" };
}

/** It isn't shown in what is said of it. */
export function password(text: string): Verdict {
  return /^[^\p{Cc}]{1,1000}$/u.test(text)
    ? { value: text }
    : { wrong: "a password on one line is expected" };
}

/** A list of phone numbers, each once. */
export function smsNumbers(text: string, _given: Given, { canonical }: Tools): Verdict {
  const parts = text.split(/[,;]/).flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
  const numbers = parts.map((part) => canonical("sms", part));
  const wrong = numbers.indexOf(undefined);
  if (numbers.length === 0 || wrong >= 0) {
    const which = parts.length > 1 ? `number ${wrong + 1} of ${parts.length} is none: ` : "";
    return { wrong: `${which}phone numbers with + and country code are expected, commas between` };
  }
  return { value: [...new Set(numbers)].join(",") };
}

/** A phone number, or nothing. */
export function whatsAppNumber(text: string, _given: Given, { canonical }: Tools): Verdict {
  if (text === "") return { value: "" };
  const number = canonical("sms", text);
  return number === undefined
    ? { wrong: "a phone number with + and country code is expected" }
    : { value: number };
}
