import { expect, it } from "vitest";
import { configurationPage } from "../../scripts/docs/configuration.ts";
import { adapters } from "../../src/daemon.ts";

it("the reference of config keys has every network of the build but loopback, which no operator has", () => {
  const page = configurationPage();
  const shown = adapters
    .map(({ network }) => network)
    .filter((network) => page.includes(`\`network: ${network}\``));
  expect(shown).toEqual(adapters.map(({ network }) => network).filter((network) => network !== "loopback"));
  expect(page).not.toContain("loopback");
});
