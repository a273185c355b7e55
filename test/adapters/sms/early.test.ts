// An SMSC that sends texts before it has said that we are bound.

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { decodePdu } from "../../../adapters/sms/smpp/decode.ts";
import { encodePdu } from "../../../adapters/sms/smpp/encode.ts";
import { Framer } from "../../../adapters/sms/smpp/framer.ts";
import { deliverFields } from "../../support/smsc-messages.ts";
import { linkTo, NUMBER, PHONE, type Running, run } from "./fixture.ts";

let running: Running | undefined;
const smsc = createServer();
afterEach(async () => {
  await running?.kill();
  smsc.close();
});

const deliver = (sequence: number, words: string): Buffer =>
  encodePdu({
    ...{ command: "deliver_sm", status: 0, sequence },
    ...deliverFields(PHONE, NUMBER, { text: Buffer.from(words, "latin1") }),
  });

it("has them taken, in their order with what follows", async () => {
  const answers: string[] = [];
  smsc.on("connection", (socket) => {
    const framer = new Framer();
    socket.on("error", () => undefined);
    socket.on("data", (piece) => {
      for (const frame of framer.push(piece)) {
        const decoded = decodePdu(frame);
        if (!("pdu" in decoded)) continue;
        const { command, sequence, status } = decoded.pdu;
        if (command === "deliver_sm_resp") answers.push(`${sequence}: ${status}`);
        if (command !== "bind_transceiver") continue;
        socket.write(Buffer.concat([deliver(1, "first"), deliver(2, "second")]));
        socket.write(
          encodePdu({ command: "bind_transceiver_resp", status: 0, sequence, systemId: "early", tlvs: [] }),
        );
        socket.write(deliver(3, "third"));
      }
    });
  });
  smsc.listen(0, "127.0.0.1");
  await once(smsc, "listening");
  const { port } = smsc.address() as AddressInfo; // it listens on TCP
  running = run([linkTo(port)]);
  await running.host.until(() => answers.length === 3);
  expect(answers).toEqual(["1: 0", "2: 0", "3: 0"]);
  expect(running.host.texts()).toEqual(["first", "second", "third"]);
});
