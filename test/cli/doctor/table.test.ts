import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LOCAL } from "../../../scripts/docs/doctor-cases.ts";
import { BREAK, mayMount } from "./breaking.ts";
import { comparable, Scene, type Servers, startServers, stopServers } from "./scene.ts";

let servers: Servers;
let scene: Scene;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => stopServers(servers));
afterEach(() => scene.end());

const SECRET = /canary|12025550|smsc\.example|127\.0\.0\.1/;
const MOUNTS: readonly string[] = ["state-tmpfs", "disk-full", "journal-read-only"];

describe("footbridge doctor", () => {
  it("says nothing of the table where all is in order", async () => {
    scene = new Scene(servers);
    await scene.makeState();
    scene.writeConfig();
    const { code, lines } = await scene.examine();
    expect({ code, problems: lines.filter((line) => line.startsWith("problem")) }).toEqual({
      code: 0,
      problems: [],
    });
    const said = new Set(lines.map(comparable));
    expect(LOCAL.filter(({ says }) => said.has(comparable(says)))).toEqual([]);
  });

  it.for(LOCAL)("of $setup says: $says", async ({ id, says }, { skip }) => {
    scene = new Scene(servers);
    skip(MOUNTS.includes(id) && !mayMount(), "this user may not mount");
    await scene.makeState();
    scene.writeConfig();
    await BREAK[id](scene, servers);
    if (id !== "config-open") scene.writeConfig();
    const { code, lines } = await scene.examine();
    expect(lines.map(comparable)).toContain(comparable(says));
    expect(code).toBe(says.startsWith("problem") ? 1 : 0);
    expect(lines.join("\n")).not.toMatch(SECRET);
  });
});
