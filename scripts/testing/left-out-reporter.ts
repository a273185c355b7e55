import type { Reporter, TestCase, TestModule } from "vitest/node";
import { type PeerName, readPeers } from "./peers.ts";

/**
 * Says at the end what was left out and why, and then "N passed, N failed" as the last line. With CI=true leaving anything
 * out is a failure.
 */
export class LeftOutReporter implements Reporter {
  readonly #strict: boolean;

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.state() === "failed" && !hasFailedTest(module)).length;
    const leftOut = tests.filter((test) => test.result().state === "skipped");
    const fault = this.#strict && leftOut.length > 0;
    this.#tellLeftOut(leftOut, fault);
    const failed = count("failed") + broken + unhandled.length + (fault ? leftOut.length : 0);
    if (fault) process.exitCode = 1;
    process.stdout.write(`\n${count("passed")} passed, ${failed} failed\n`);
  }

  #tellLeftOut(tests: readonly TestCase[], fault: boolean): void {
    if (tests.length === 0) return;
    const why = Object.entries(readPeers())
      .filter(([, state]) => !state.available)
      .map(([peer, state]) => `  ${TITLES[peer as PeerName]}: ${state.why}`); // the keys of Peers
    const files = Map.groupBy(tests, (test) => test.module.relativeModuleId);
    const lines = [
      `\nLeft out: ${tests.length} ${tests.length === 1 ? "test" : "tests"}${fault ? ", which is a failure with CI=true" : ""}`,
      ...why,
      ...[...files].map(
        ([file, some]) => `  ${file}: ${some.length === 1 ? some[0]?.fullName : `${some.length} tests`}`,
      ),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

const TITLES: Readonly<Record<PeerName, string>> = {
  synapse: "tests with Synapse",
  jsmpp: "tests with the SMSC on jSMPP",
  whatsmeow: "tests with the WhatsApp phone on whatsmeow",
  image: "tests of the image that the Dockerfile makes",
  prosody: "tests of the example of an adapter, with Prosody",
};

function hasFailedTest(module: TestModule): boolean {
  return [...module.children.allTests("failed")].length > 0;
}
