import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findHomeserver, type SynapseFile } from "../../src/cli/init/find.ts";
import { clientUrlOf, hasUser, homeserverAt, nameOf } from "../../src/cli/init/lookup.ts";
import { synapseWords } from "../../src/cli/init/synapse-words.ts";
import { smallHomeserver } from "./small-homeserver.ts";

let home: Awaited<ReturnType<typeof smallHomeserver>>;
let folder: string;
let file: string;

beforeAll(async () => {
  home = await smallHomeserver({ name: "example.org", users: ["@admin:example.org"], taken: ["shy"] });
});
afterAll(() => home.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-find-"));
  file = join(folder, "homeserver.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const find = (urls: readonly string[] = []) =>
  findHomeserver({ files: [join(folder, "none.yaml"), file], urls });
const listener = (port: number, more = "") =>
  `listeners:\n  - {port: 8448, tls: true, resources: [{names: [client]}]}\n  - {port: 9000, resources: [{names: [metrics]}]}\n  - {port: ${port}, ${more}resources: [{names: [client, federation]}]}\n`;

describe("a homeserver is found", () => {
  it("nowhere, where there is none", async () => {
    expect(await find(["http://127.0.0.1:1"])).toEqual({});
  });

  it("by its address, with the name that it gives itself", async () => {
    expect(await find(["http://127.0.0.1:1", home.url])).toEqual({
      url: home.url,
      serverName: "example.org",
    });
  });

  it("by Synapse's config file: its name, and the listener that serves clients in clear", async () => {
    writeFileSync(file, `server_name: example.net\n${listener(Number(new URL(home.url).port))}`);
    expect(await find()).toMatchObject({ url: home.url, serverName: "example.net", file: { path: file } });
  });

  it.each([
    ["", "http://127.0.0.1:7999"],
    ['bind_addresses: ["::", "0.0.0.0"], ', "http://127.0.0.1:7999"],
    ["bind_addresses: [10.0.0.7], ", "http://10.0.0.7:7999"],
  ])("by that file although it doesn't run now (%s)", async (bound, url) => {
    writeFileSync(file, `server_name: example.net\n${listener(7999, bound)}`);
    expect(await find()).toMatchObject({ url, serverName: "example.net" });
  });

  it("without a name that is none: a terminal would do what is in it", async () => {
    for (const name of ["\u001b[2Jexample.org", "example.org\r\nOK", ":8448", "a b", "x".repeat(300)]) {
      const liar = await smallHomeserver({ name });
      expect(await find([liar.url])).toEqual({ url: liar.url });
      await liar.stop();
      writeFileSync(file, `server_name: ${JSON.stringify(name)}\n${listener(7999)}`);
      expect(await find()).not.toHaveProperty("serverName");
      rmSync(file);
    }
  });

  it("at no address that is none", async () => {
    writeFileSync(file, listener(7999, 'bind_addresses: ["\\e[2J"], '));
    expect(await find()).toMatchObject({ url: "http://127.0.0.1:7999" });
  });

  it("with what Debian keeps beside that file, and the registrations that it names", async () => {
    writeFileSync(file, listener(7999));
    mkdirSync(join(folder, "conf.d"));
    writeFileSync(join(folder, "conf.d/server_name.yaml"), "server_name: example.net\n");
    writeFileSync(join(folder, "conf.d/apps.yaml"), "app_service_config_files: [/a.yaml, 7]\n");
    expect(await find()).toMatchObject({ serverName: "example.net", file: { registrations: ["/a.yaml"] } });
  });

  it("and a file that says nothing, or can't be understood, is only known to be there", async () => {
    for (const text of ["", "a: [", "[]", "listeners: 7\nserver_name: [x]\napp_service_config_files: x\n"]) {
      writeFileSync(file, text);
      const { file: found, ...more } = await find();
      expect([found?.path, found?.registrations, more]).toEqual([file, [], {}]);
    }
  });
});

describe("a homeserver is asked", () => {
  it("what it is, how it is called, and who is there, and what can't be learnt is undefined", async () => {
    const silent = await smallHomeserver({ isNone: true });
    expect([await homeserverAt(home.url), await homeserverAt(`${home.url}/`)]).toEqual([
      "homeserver",
      "homeserver",
    ]);
    expect([await homeserverAt(silent.url), await homeserverAt("http://127.0.0.1:1")]).toEqual([
      "something else",
      "nothing",
    ]);
    expect([await nameOf(home.url), await nameOf(silent.url)]).toEqual(["example.org", undefined]);
    expect(await hasUser(home.url, "@admin:example.org")).toBe(true);
    expect(await hasUser(home.url, "@nobody:example.org")).toBe(false);
    expect(await hasUser(home.url, "@shy:example.org")).toBe(true);
    expect(await hasUser("http://127.0.0.1:1", "@admin:example.org")).toBeUndefined();
    await silent.stop();
  });

  it("nothing by a name that only this machine knows", async () => {
    for (const name of ["localhost", "127.0.0.1", "127.0.0.1:8448", "synapse"]) {
      expect(await clientUrlOf(name)).toBeUndefined();
    }
  });
});

describe("what to do in Synapse", () => {
  const registration = "/srv/my bridge/registration.yaml";
  const words = (found?: Partial<SynapseFile>) => {
    const whole = found && {
      path: "/srv/synapse/homeserver.yaml",
      uid: 7,
      readable: true,
      registrations: [],
      ...found,
    };
    return synapseWords({ registration, file: whole, uid: 7, composed: false }).join("\n");
  };

  it("is to name the registration as it is, where Synapse is this user's own", () => {
    expect(words({})).toContain(`In Synapse's /srv/synapse/homeserver.yaml`);
    expect(words({})).toContain(`    app_service_config_files:\n      - ${registration}\n`);
    expect(words({})).not.toContain("sudo");
  });

  it("is to give a copy to the user of Debian's package", () => {
    const debian = words({ path: "/etc/matrix-synapse/homeserver.yaml" });
    expect(debian).toContain("      - /etc/matrix-synapse/footbridge-registration.yaml\n");
    expect(debian).toContain(
      "sudo install -o matrix-synapse -m 600 '/srv/my bridge/registration.yaml' /etc/matrix-synapse/footbridge-registration.yaml",
    );
    expect(debian).toContain("sudo systemctl restart matrix-synapse");
  });

  it("is to give a copy to any other user, and to another machine", () => {
    expect(words({ uid: 8 })).toContain("sudo install -o SYNAPSES-USER -m 600");
    expect(words()).toContain("give it a copy, where it is another user or another machine");
  });

  it("is to restart it, where it is named already", () => {
    expect(words({ registrations: [registration] })).toBe(
      `/srv/synapse/homeserver.yaml names ${registration} already. Restart Synapse, if it wasn't since.`,
    );
  });
});
