import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const FILE = join(import.meta.dirname, "../../packaging/compose.yaml");
const DOCKERFILE = join(import.meta.dirname, "../../Dockerfile");

/** What the Compose Specification says of a service, as far as the file uses it. */
interface Service {
  readonly image: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly profiles?: readonly string[];
  readonly user?: string;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly healthcheck?: object;
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly (
    | string
    | { readonly type: string; readonly source: string; readonly target: string }
  )[];
  readonly secrets?: readonly string[];
}

type Names = Readonly<Record<string, unknown>>;

/** YAML's merge keys are resolved, as compose does. */
const text = readFileSync(FILE, "utf8");
const file: {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Names;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly secrets: Names;
} = parse(text, { merge: true });
const services = Object.entries(file.services);

describe("the compose file", () => {
  test("has the three services, and the optional one behind a profile", () => {
    expect(Object.keys(file.services)).toEqual(["synapse-setup", "synapse", "footbridge", "valkey"]);
    expect(services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name)).toEqual([
      "valkey",
    ]);
  });

  test("declares each volume, network and secret that a service uses, and no other", () => {
    const used = {
      volumes: services.flatMap(([, { volumes = [] }]) =>
        volumes.flatMap((each) => (typeof each === "string" ? (each.split(":")[0] ?? []) : [])),
      ),
      networks: services.flatMap(([, { networks = [] }]) => networks),
      secrets: services.flatMap(([, { secrets = [] }]) => secrets),
    };
    for (const [kind, names] of Object.entries(used)) {
      const declared = Object.keys(file[kind as keyof typeof used]); // its own keys
      expect([...new Set(names)].toSorted(), kind).toEqual(declared.toSorted());
    }
    const waitedFor = services.flatMap(([, { depends_on = {} }]) => Object.keys(depends_on));
    expect(Object.keys(file.services)).toEqual(expect.arrayContaining(waitedFor));
  });

  test("asks for no variable but those that footbridge init writes, and a name for the image that has a default", () => {
    const names = [...text.matchAll(/(?<!\$)\$\{(\w+)(:[-?])?/g)].map(
      ([, name, more]) => `${name}${more ?? ""}`,
    );
    expect([...new Set(names)].toSorted()).toEqual([
      "FOOTBRIDGE_CONFIG_DIR:?",
      "FOOTBRIDGE_IMAGE:-",
      "SYNAPSE_SERVER_NAME:?",
    ]);
  });

  test("has no file in it whose content stands in the file: compose refuses that for a tree that can't be written", () => {
    expect(file).not.toHaveProperty("configs");
    expect(text).not.toMatch(/^ +(?:content|environment): *[|>$]/m);
  });

  test("gives no service more than it needs", () => {
    for (const [name, service] of services) {
      expect(service.read_only, name).toBe(true);
      expect(service.cap_drop, name).toEqual(["ALL"]);
      expect(service.security_opt, name).toEqual(["no-new-privileges:true"]);
    }
    expect(file.services.footbridge?.cap_add).toBeUndefined();
    expect(file.services.valkey?.cap_add).toBeUndefined();
    expect(file.networks.house?.internal).toBe(true);
    expect(file.services.valkey?.networks).toEqual(["house"]);
  });

  test("publishes Synapse's client API on this machine alone", () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published).toEqual(["127.0.0.1:8008:8008"]);
  });

  test("names the user and the folders that the image has", () => {
    const image = readFileSync(DOCKERFILE, "utf8");
    const { user, volumes = [] } = file.services.footbridge ?? {};
    expect(image).toContain(`\nUSER ${user}\n`);
    const targets = volumes.map((each) => (typeof each === "string" ? each.split(":")[1] : each.target));
    expect(targets).toEqual(["/etc/footbridge", "/var/lib/footbridge", "/var/lib/footbridge-journal"]);
    expect(image).toContain(`-o 10001 -g 10001 ${targets[1]} ${targets[2]};`); // a new volume gets the owner of what is there
    expect(image).toContain(`FOOTBRIDGE_CONFIG=${targets[0]}/config.yaml`);
    expect(image).toContain(`VOLUME ["${targets[1]}"]`);
  });

  test("leaves the bridge's health to the image, and looks at that of the others", () => {
    expect(file.services.footbridge?.healthcheck).toBeUndefined();
    expect(readFileSync(DOCKERFILE, "utf8")).toContain('CMD ["footbridge", "health"]');
    expect(file.services.synapse?.healthcheck).toBeDefined();
    expect(file.services.valkey?.healthcheck).toBeDefined();
  });

  test("gives the bridge longer to stop than the default drain", () => {
    expect(Number.parseInt(file.services.footbridge?.stop_grace_period ?? "", 10)).toBeGreaterThan(10 + 5);
  });
});
