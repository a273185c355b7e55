import { expect, it } from "vitest";
import { compareContracts } from "../../scripts/check/contract.ts";

const BEFORE = { version: "1.2.0", surface: "interface Account {\n    stop(): void;\n}\n" };
const ADDED = "interface Account {\n    show?(): void;\n    stop(): void;\n}\n";
const CHANGED = "interface Account {\n    stop(deadline: number): void;\n}\n";

it("a contract that is as it was is no problem", () => {
  expect(compareContracts(BEFORE, BEFORE)).toEqual({ kind: "same" });
});

it("what was added to takes a minor version", () => {
  expect(compareContracts(BEFORE, { version: "1.2.0", surface: ADDED })).toEqual({
    kind: "version",
    least: "1.3.0",
    change: "added to",
    line: "    show?(): void;",
  });
  expect(compareContracts(BEFORE, { version: "1.2.1", surface: ADDED })).toMatchObject({ least: "1.3.0" });
  expect(compareContracts(BEFORE, { version: "1.3.0", surface: ADDED })).toEqual({ kind: "stale" });
});

it("a line that went or changed takes a major version", () => {
  expect(compareContracts(BEFORE, { version: "1.3.0", surface: CHANGED })).toEqual({
    kind: "version",
    least: "2.0.0",
    change: "changed",
    line: "    stop(): void;",
  });
  expect(compareContracts(BEFORE, { version: "2.0.0", surface: CHANGED })).toEqual({ kind: "stale" });
});

it("lines that changed their places count as changed", () => {
  const [one, two] = ["a\nb\n", "b\na\n"];
  expect(
    compareContracts({ version: "1.0.0", surface: one }, { version: "1.0.0", surface: two }),
  ).toMatchObject({
    least: "2.0.0",
  });
});

it("a version that rose by itself has to be written down", () => {
  expect(compareContracts(BEFORE, { ...BEFORE, version: "1.2.1" })).toEqual({ kind: "stale" });
});
