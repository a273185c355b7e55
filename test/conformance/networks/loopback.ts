import { randomBytes } from "node:crypto";
import { LoopbackNetwork, type NetworkFault } from "../../support/loopback-network.ts";
import type { ConformanceFixture, SendFault, TestNetwork } from "../fixture.ts";

const TOKEN = "canary-token-of-the-loopback-network";

const FAULTS: Readonly<Record<SendFault, NetworkFault>> = {
  throttled: { kind: "error", error: "throttled", after: 50 },
  refused: { kind: "error", error: "refused" },
  lost: { kind: "cut", done: true },
  silent: { kind: "silent", done: true },
};

/** The loopback network for the conformance suite. */
export const loopbackFixture: ConformanceFixture = {
  start: async () => testNetwork(await LoopbackNetwork.start({ token: TOKEN })),
};

function testNetwork(network: LoopbackNetwork): TestNetwork {
  const config = { network: "loopback", port: network.port, token: TOKEN, timeoutMs: 2_000 };
  const said = (id: string) => ({ taken: () => network.isAcknowledged(id) });
  return {
    config,
    wrongConfig: { ...config, token: "canary-of-a-wrong-token" },
    secrets: [TOKEN, "canary-of-a-wrong-token"],
    person: () => `canary-${randomBytes(6).toString("hex")}`,
    says: (person, chat, text) => said(network.says(chat, person, text)),
    saysUnbridgeable: (person, chat) =>
      said(network.happens(chat, person, { kind: "attachment", type: "image" })),
    receipt: (person, chat, ref) =>
      void network.happens(chat, person, { kind: "receipt", targets: [ref], status: "read" }),
    types: (person, chat) => network.types(chat, person, true),
    shown: (_, chat) =>
      network
        .thread(chat)
        .messages.filter(({ from }) => from === "participant" || from === "bridge")
        .map(({ text }) => text),
    requests: () => network.requests,
    fail: (fault) => network.fail("send", FAULTS[fault]),
    away: () => network.away(),
    back: () => network.back(),
    stop: () => network.stop(),
  };
}
