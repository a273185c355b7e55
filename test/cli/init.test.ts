import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type MatrixConfig, registrationOf } from "../../adapters/matrix/index.ts";
import type { Tools } from "../../src/cli/init/answers.ts";
import { likelyBind, likelyName, likelyState, likelyUrl } from "../../src/cli/init/checks.ts";
import { loadConfig } from "../../src/config/index.ts";
import { adapters } from "../../src/daemon.ts";
import { freePort } from "../peers/synapse/process.ts";
import { type Answers, filesIn, runInit } from "./init-bench.ts";
import { smallHomeserver } from "./small-homeserver.ts";

const NAME = "example.org";
let home: Awaited<ReturnType<typeof smallHomeserver>>;
let other: Awaited<ReturnType<typeof smallHomeserver>>;
let folder: string;
let config: string;
let port: string;

beforeAll(async () => {
  home = await smallHomeserver({ name: NAME, users: ["@admin:example.org"] });
  other = await smallHomeserver({ isNone: true });
});
afterAll(() => Promise.all([home.stop(), other.stop()]));
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fb-init-"));
  config = join(folder, "config.yaml");
  port = String(await freePort());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const places = () => ({ files: [], urls: [home.url] });
const load = () => loadConfig(config, { adapters, env: {} });
const matrixPart = () => load().accounts[0]?.config as MatrixConfig; // made by its adapter's schema
const REST: Answers = ["", "", "", ""]; // the way back, no SMS, no WhatsApp, write

/** What a person answers who has a homeserver on this machine and takes what is proposed. */
const plain = (): Answers => ["", "", "@admin:example.org", port, ...REST];
const flags = () => ({ homeserver: home.url, serverName: NAME, operator: "@admin:example.org", port });

describe("the conversation", () => {
  it("proposes what it finds, and writes files of this user alone", async () => {
    const { code, asked } = await runInit(config, {}, plain(), places());
    expect(code).toBe(0);
    expect(asked).toEqual([
      `The homeserver: the address at which this machine reaches it, or its name [${home.url}]: `,
      "Its server name: what stands after the colon of its users' names [example.org]: ",
      "Your own Matrix id: the bridge tells you there when something is wrong: ",
      "The port on which the bridge listens for the homeserver [9993]: ",
      `How the homeserver reaches that [http://127.0.0.1:${port}]: `,
      "The host of your SMS provider's SMSC (SMPP 3.4); Enter for none yet: ",
      "The number of a phone whose WhatsApp the bridge shall use; Enter for none yet: ",
      "Write them? [Y/n] ",
    ]);
    const files = filesIn(folder);
    expect(Object.entries(files).map(([path, { mode }]) => `${mode} ${path}`)).toEqual([
      "600 config.yaml",
      "600 registration.yaml",
      "600 secrets/as-token",
      "600 secrets/hs-token",
      "600 secrets/kek",
    ]);
    expect(parse(files["registration.yaml"]?.text ?? "")).toEqual(registrationOf(matrixPart()));
  });

  it("writes a config that loads, with all that was said", async () => {
    const answers: Answers = [
      ...["", "", "admin", port, `http://bridge.internal:${port}`],
      ...["smsc.example.net", "", "y", 'my "id": #1', " pass: word # ", "+1 202 555 0111; +12025550112,"],
      ...["+1 (202) 555-0155", "y"],
    ];
    const { code, hidden } = await runInit(config, {}, answers, places());
    expect(code).toBe(0);
    const { accounts, operator, state, keys } = load();
    expect(accounts.map(({ account }) => account)).toEqual(["matrix", "sms-main", "whatsapp-main"]);
    expect(operator?.address.expose()).toBe("@admin:example.org");
    expect([state, keys.kek === undefined]).toEqual([join(folder, "state"), false]);
    expect(matrixPart()).toMatchObject({
      homeserver: { url: home.url, name: NAME },
      appservice: { bind: "0.0.0.0", url: `http://bridge.internal:${port}` },
    });
    expect(accounts[1]?.config).toMatchObject({
      numbers: ["+12025550111", "+12025550112"],
      links: [{ host: "smsc.example.net", port: 2775, tls: true, systemId: 'my "id": #1' }],
    });
    expect(filesIn(folder)["secrets/smsc-password"]?.text).toBe(" pass: word # \n");
    expect(hidden).toEqual(["The password that goes with it (it isn't shown): "]);
  });

  it.each<[what: string, wrong: () => Answers, said: RegExp]>([
    ["no address", () => ["localhost 8008", ...plain()], /an address is expected: http:\/\/HOST:PORT/],
    ["a name that nobody knows", () => ["localhost", ...plain()], /no address is known for that name/],
    ["an address with a password", () => ["http://a:b@127.0.0.1", ...plain()], /an address is expected/],
    ["no server name", () => ["", "exa mple", ...plain().slice(1)], /a server name is expected/],
    ["nothing where something is needed", () => ["", "", "", ...plain().slice(2)], /an answer is expected/],
    [
      "no Matrix id",
      () => ["", "", "ad min", ...plain().slice(2)],
      /a Matrix id is expected: @you:example\.org/,
    ],
    ["the bot's id", () => ["", "", "@footbridge:example.org", ...plain().slice(2)], /yours is expected/],
    ["no port", () => ["", "", "@admin:example.org", "99999", port, ...REST], /a number from 1 to 65535/],
    [
      "a port in words",
      () => ["", "", "@admin:example.org", "1e3", port, ...REST],
      /a number from 1 to 65535/,
    ],
    [
      "a port that is taken",
      () => ["", "", "admin", new URL(home.url).port, port, ...REST],
      /another program listens/,
    ],
    ["no way back", () => ["", "", "admin", port, "bridge", ...REST], /an address is expected/],
    [
      "a host with its scheme",
      () => ["", "", "admin", port, "", "smpp://x", ...REST.slice(1)],
      /a host is expected/,
    ],
    [
      "numbers of which one is none",
      () => [
        "",
        "",
        "admin",
        port,
        "",
        "h",
        "",
        "",
        "id",
        "pw",
        "+12025550111, 0123",
        "+12025550111",
        "",
        "",
      ],
      /number 2 of 2 is none: phone numbers with \+ and country code/,
    ],
    [
      "a number without its country",
      () => ["", "", "admin", port, "", "", "0123", "", ""],
      /a phone number with \+/,
    ],
  ])("says of %s that it is wrong, and asks again", async (_what, answers, said) => {
    const { code, out } = await runInit(config, {}, answers(), places());
    expect(code).toBe(0);
    expect(out.filter((line) => line.startsWith("  Not that: "))).toEqual([expect.stringMatching(said)]);
    expect(load().accounts).not.toEqual([]);
  });

  it.each<[what: string, answers: () => Answers]>([
    ["Nothing answers there", () => ["http://127.0.0.1:1", "n", ...plain()]],
    ["What answers there is no homeserver", () => [other.url, "n", ...plain()]],
    ["The homeserver says that its name is example.org", () => ["", "example.com", "n", ...plain().slice(1)]],
    ["The homeserver has no such user", () => ["", "", "admni", "n", ...plain().slice(2)]],
    ["It isn't a user of example.org", () => ["", "", "@admin:example.com", "n", ...plain().slice(2)]],
  ])("asks whether this is meant: %s", async (doubt, answers) => {
    const { code, asked } = await runInit(config, {}, answers(), places());
    expect(code).toBe(0);
    expect(asked).toContain(`  ${doubt}. Take it all the same? [y/N] `);
    expect(matrixPart().homeserver).toEqual({ url: home.url, name: NAME });
  });

  it("takes a doubtful answer that is meant", async () => {
    const answers = ["http://127.0.0.1:1", "y", NAME, "admin", port, ...REST];
    expect((await runInit(config, {}, answers, places())).code).toBe(0);
    expect(matrixPart().homeserver.url).toBe("http://127.0.0.1:1");
  });

  it("proposes the name that the homeserver gives itself, also one that wasn't found", async () => {
    const { asked } = await runInit(config, {}, [home.url, "", "admin", port, ...REST]);
    expect(asked[1]).toContain("[example.org]");
    expect(await likelyName("http://matrix.localhost.invalid", { found: {} } as Tools)).toBe(
      "localhost.invalid",
    ); // it uses no more
    expect(await likelyName("http://127.0.0.1:1", { found: {} } as Tools)).toBeUndefined();
  });

  it("doesn't ask for what was said on the command line", async () => {
    const { asked, code } = await runInit(config, { flags: flags() }, REST, places());
    expect([code, asked.length]).toEqual([0, 4]);
  });

  it("writes nothing when that isn't wanted", async () => {
    const answers = [...plain().slice(0, -1), "n"];
    const { code, err } = await runInit(config, {}, answers, places());
    expect([code, err]).toEqual([1, ["footbridge: nothing was written"]]);
    expect(filesIn(folder)).toEqual({});
  });
});

it("a homeserver on this machine may be given by its port alone, where it answers", async () => {
  const { host } = new URL(home.url);
  const { code } = await runInit(config, { yes: true, flags: { ...flags(), homeserver: host } });
  expect([code, matrixPart()]).toEqual([
    0,
    expect.objectContaining({ homeserver: { url: home.url, name: NAME } }),
  ]);
});

describe("with a compose.yaml", () => {
  const composed = () => {
    const compose = join(folder, "source.yaml");
    writeFileSync(compose, "services: {}\n");
    return { files: [], urls: [home.url], compose };
  };

  it("asks first whether it is wanted, and then only what it doesn't say", async () => {
    const answers: Answers = [[/^Write a compose\.yaml .* \[no\]: $/, "yes"], NAME, "admin", "", "", ""];
    const { code, out } = await runInit(config, {}, answers, composed());
    expect(code).toBe(0);
    const files = filesIn(folder);
    expect(files["compose.yaml"]).toEqual({ mode: "600", text: "services: {}\n" });
    expect(files[".env"]?.text).toContain(
      `FOOTBRIDGE_CONFIG_DIR='${folder}'\nSYNAPSE_SERVER_NAME='${NAME}'\n`,
    );
    expect(load().state).toBe("/var/lib/footbridge");
    expect(matrixPart()).toMatchObject({
      homeserver: { url: "http://synapse:8008", name: NAME },
      appservice: { bind: "0.0.0.0", port: 9993, url: "http://footbridge:9993" },
    });
    expect(out.join("\n")).toContain("docker compose up -d");
  });

  it("says the same again when it is run again, but not in the container that has the state", async () => {
    const given = { compose: "yes", serverName: NAME, operator: `@admin:${NAME}` };
    expect((await runInit(config, { yes: true, flags: given }, undefined, composed())).code).toBe(0);
    const state = join(folder, "no-state");
    writeFileSync(config, readFileSync(config, "utf8").replace("/var/lib/footbridge", state));
    const again = async () => (await runInit(config, { yes: true }, undefined, composed())).out.join("\n");
    const said = await again();
    expect(said).toContain("docker compose up -d");
    expect(said).not.toContain("app_service_config_files");
    mkdirSync(state);
    expect(await again()).toContain("app_service_config_files");
    rmSync(state, { recursive: true });
    const elsewhere = readFileSync(join(folder, ".env"), "utf8").replace(folder, "/srv/bridge");
    writeFileSync(join(folder, ".env"), elsewhere);
    expect(await again()).toContain("app_service_config_files");
  });

  it("goes on as without it, where it isn't wanted", async () => {
    expect((await runInit(config, {}, ["", ...plain()], composed())).code).toBe(0);
    expect(Object.keys(filesIn(folder))).not.toContain("compose.yaml");
  });

  it("says that there is none, where one is wanted by an option", async () => {
    const { code, err } = await runInit(config, { yes: true, flags: { ...flags(), compose: "yes" } });
    expect([code, err]).toEqual([2, ["footbridge: --compose: this installation has no compose.yaml"]]);
  });
});

describe("without a terminal", () => {
  it("says that nobody can be asked, and what to do", async () => {
    const { code, err } = await runInit(config);
    expect(code).toBe(2);
    expect(err).toEqual([expect.stringContaining("nobody can be asked here: add --yes")]);
    expect(filesIn(folder)).toEqual({});
  });

  it("--yes names all that is missing", async () => {
    const { code, err } = await runInit(config, { yes: true, flags: { smsHost: "smsc.example.net" } });
    expect(code).toBe(2);
    expect(err[0]).toBe(
      "footbridge: missing: --homeserver, --server-name, --operator, --sms-system-id, --sms-password-file, --sms-numbers",
    );
    expect(filesIn(folder)).toEqual({});
  });

  it("--yes takes what it finds, and asks nothing", async () => {
    const given = { operator: "@admin:example.org", port };
    const { code, asked, err } = await runInit(config, { yes: true, flags: given }, undefined, places());
    expect([code, asked, err]).toEqual([0, [], []]);
    expect(matrixPart().homeserver).toEqual({ url: home.url, name: NAME });
  });

  it.each<[flags: Record<string, string>, said: string]>([
    [{ port: "0" }, "--port: a port is expected"],
    [{ url: "bridge" }, "--url: an address is expected"],
    [{ bind: "here" }, "--bind: an address of this machine is expected"],
    [{ smsPort: "2775" }, "--sms-port: it needs --sms-host"],
    [{ smsHost: "h", smsPassword: "/nowhere/at/all" }, "--sms-password-file: a file that this user may read"],
    [{ whatsapp: "12025550155" }, "--whatsapp: a phone number with + and country code"],
  ])("--yes with %j says that it is wrong, and writes nothing", async (wrong, said) => {
    const { code, err } = await runInit(config, { yes: true, flags: { ...flags(), ...wrong } });
    expect([code, err]).toEqual([2, [expect.stringContaining(`footbridge: ${said}`)]]);
    expect(filesIn(folder)).toEqual({});
  });

  it("--yes warns of what is doubtful, and goes on", async () => {
    const given = { ...flags(), homeserver: "http://127.0.0.1:1" };
    const { code, err } = await runInit(config, { yes: true, flags: given });
    expect([code, err]).toEqual([0, ["warning: --homeserver: nothing answers there"]]);
  });
});

describe("the way back", () => {
  it.each([
    ["http://127.0.0.1:8008", "box", "http://127.0.0.1:9993", "127.0.0.1"],
    ["http://localhost:8008", "box", "http://127.0.0.1:9993", "127.0.0.1"],
    ["https://matrix.example.org", "box", "http://box:9993", "0.0.0.0"],
    ["http://synapse:8008", "0123456789ab", "http://footbridge:9993", "0.0.0.0"],
  ])("from %s to a machine called %s is proposed as %s", (homeserver, hostname, url, bind) => {
    expect(likelyUrl(homeserver, "9993", hostname)).toBe(url);
    expect(likelyBind(url)).toBe(bind);
  });

  it("to this machine alone is doubted, where the homeserver is on another one", async () => {
    const far = { homeserver: "http://192.0.2.1:8008", url: "http://127.0.0.1:9993" };
    const { code, err } = await runInit(config, { yes: true, flags: { ...flags(), ...far } });
    expect([code, err.join("\n")]).toEqual([
      0,
      expect.stringContaining("--url: a homeserver on another machine"),
    ]);
  });
});

describe("a state folder", () => {
  it("lies apart from a config among the system's", () => {
    expect(["/etc/footbridge", "/etc", "/srv/etc", "/etcetera"].map(likelyState)).toEqual([
      ...["/var/lib/footbridge", "/var/lib/footbridge", "./state", "./state"],
    ]);
  });
});

describe("a port", () => {
  it("of another program isn't taken without a word, though nobody is asked", async () => {
    const server = createServer().listen(Number(port), "127.0.0.1");
    const { code, err } = await runInit(config, { yes: true, flags: flags() });
    server.close();
    expect([code, err]).toEqual([2, [expect.stringContaining("--port: another program listens on it")]]);
  });
});
