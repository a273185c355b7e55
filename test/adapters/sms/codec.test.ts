import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMAND, type CommandName, MAX_PDU } from "../../../adapters/sms/smpp/constants.ts";
import { decodePdu } from "../../../adapters/sms/smpp/decode.ts";
import { encodePdu } from "../../../adapters/sms/smpp/encode.ts";
import { Framer, FramingError } from "../../../adapters/sms/smpp/framer.ts";
import type { Pdu, SmeAddress } from "../../../adapters/sms/smpp/pdu.ts";

const word = (max: number) => fc.string({ unit: fc.constantFrom(..."abcXYZ019+ -"), maxLength: max });
const octet = fc.nat(255);
const octets = (max: number) => fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes));
const address: fc.Arbitrary<SmeAddress> = fc.record({ ton: octet, npi: octet, digits: word(20) });
const tlvs = fc.array(fc.record({ tag: fc.nat(0xffff), value: octets(40) }), { maxLength: 4 });
const addressing = {
  ...{ serviceType: word(5), source: address, destination: address },
  ...{ esmClass: octet, registeredDelivery: octet, dataCoding: octet, tlvs },
};
const shortMessage = {
  ...addressing,
  ...{ protocolId: octet, priority: octet, scheduled: word(16), validity: word(16) },
  ...{ replaceIfPresent: octet, defaultMessageId: octet, text: octets(254) },
};
const bind = {
  ...{ systemId: word(15), password: word(8), systemType: word(12), interfaceVersion: octet },
  addressRange: address,
};

/** Commands with the fields of each: the same as PduBody, for any values. */
const bodies = [
  ...["bind_receiver", "bind_transmitter", "bind_transceiver"].map((command) => [command, bind] as const),
  ...["bind_receiver_resp", "bind_transmitter_resp", "bind_transceiver_resp"].map(
    (command) => [command, { systemId: word(15), tlvs }] as const,
  ),
  ["submit_sm", shortMessage] as const,
  ["deliver_sm", shortMessage] as const,
  ["data_sm", addressing] as const,
  ...["submit_sm_resp", "deliver_sm_resp", "data_sm_resp"].map(
    (command) => [command, { messageId: word(64), tlvs }] as const,
  ),
  ["outbind", { systemId: word(15), password: word(8) }] as const,
  ["alert_notification", { source: address, esme: address, tlvs }] as const,
  ...["unbind", "unbind_resp", "enquire_link", "enquire_link_resp", "generic_nack"].map(
    (command) => [command, {}] as const,
  ),
];

// Built from the same commands and fields as the type.
const anyPdu = fc.oneof(
  ...bodies.map(([command, fields]) =>
    fc.record({
      status: fc.constant(0),
      sequence: fc.nat(0x7fffffff),
      command: fc.constant(command),
      ...fields,
    }),
  ),
) as unknown as fc.Arbitrary<Pdu>;

describe("the SMPP codec", () => {
  it("knows how to write and read every command", () => {
    const covered = new Set(bodies.map(([command]) => command));
    expect(covered).toEqual(new Set(Object.keys(COMMAND)));
  });

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(anyPdu, (pdu) => {
        const frame = encodePdu(pdu);
        expect(frame.readUInt32BE(0)).toBe(frame.length);
        expect(decodePdu(frame)).toEqual({ pdu });
      }),
    );
  });

  it("takes any octets as a PDU or a typed problem", () => {
    const ids = fc.oneof(fc.constantFrom(...Object.values(COMMAND)), fc.nat(0xffffffff));
    fc.assert(
      fc.property(ids, fc.nat(0xffffffff), octets(300), (id, status, body) => {
        const head = Buffer.alloc(16);
        head.writeUInt32BE(16 + body.length, 0);
        head.writeUInt32BE(id, 4);
        head.writeUInt32BE(status, 8);
        const decoded = decodePdu(Buffer.concat([head, body]));
        expect("pdu" in decoded || decoded.problem.answer > 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("finds every deliver_sm that is cut short, and says with which status to answer", () => {
    const frame = encodePdu(deliver());
    for (let length = 16; length < frame.length; length += 1) {
      const decoded = decodePdu(frame.subarray(0, length));
      if ("pdu" in decoded) {
        // Only where exactly the optional parameters are missing is the rest a whole PDU.
        expect(length).toBe(frame.length - 6);
        continue;
      }
      expect(decoded.problem).toMatchObject({ command: "deliver_sm", isResponse: false, sequence: 9 });
      expect([0x01, 0xc0]).toContain(decoded.problem.answer);
    }
  });

  it("takes a submit_sm_resp without a body", () => {
    for (const [status, length] of [
      [0x58, 16],
      [0, 16],
    ] as const) {
      const frame = encodePdu({
        command: "submit_sm_resp",
        status: 0x58,
        sequence: 3,
        messageId: "",
        tlvs: [],
      });
      frame.writeUInt32BE(status, 8);
      expect(frame.length).toBe(length);
      expect(decodePdu(frame)).toMatchObject({ pdu: { status, sequence: 3, messageId: "" } });
    }
  });

  it("names the sequence of an unknown command", () => {
    const frame = Buffer.from("00000010000000990000000000000007", "hex");
    const problem = { what: "unknown-command", sequence: 7, isResponse: false, answer: 3 };
    expect(decodePdu(frame)).toMatchObject({ problem });
  });
});

describe("the framer", () => {
  it("gives the same PDUs however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(anyPdu, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 90 })),
        (pdus, cuts) => {
          const frames = pdus.map(encodePdu);
          const framer = new Framer();
          const found: Buffer[] = [];
          for (const piece of pieces(Buffer.concat(frames), cuts)) {
            for (const frame of framer.push(piece)) found.push(Buffer.from(frame));
          }
          expect(found).toEqual(frames);
          expect(framer.held).toBe(0);
        },
      ),
    );
  });

  it("ends with a typed error on any mangled stream, or goes on; it never holds more than one PDU", () => {
    fc.assert(
      fc.property(octets(400), fc.array(fc.integer({ min: 1, max: 50 })), (stream, cuts) => {
        const framer = new Framer();
        let broken = false;
        for (const piece of pieces(stream, cuts)) {
          try {
            for (const frame of framer.push(piece)) expect(frame.length).toBeGreaterThanOrEqual(16);
          } catch (error) {
            expect(error).toBeInstanceOf(FramingError);
            broken = true;
          }
          expect(framer.held).toBeLessThan(MAX_PDU);
          if (broken) break;
        }
      }),
    );
  });

  it("gives the good PDUs before the first violation", () => {
    const good = encodePdu({ command: "enquire_link", status: 0, sequence: 1 });
    for (const length of [0, 15, MAX_PDU + 1, 0xffffffff]) {
      const bad = Buffer.alloc(16);
      bad.writeUInt32BE(length);
      const found: Buffer[] = [];
      const framer = new Framer();
      const read = () => {
        for (const frame of framer.push(Buffer.concat([good, bad]))) found.push(frame);
      };
      expect(read).toThrow(FramingError);
      expect(found).toEqual([good]);
    }
  });

  it("takes PDUs of the smallest and the greatest length", () => {
    for (const length of [16, MAX_PDU]) {
      const frame = Buffer.alloc(length);
      frame.writeUInt32BE(length);
      expect([...new Framer().push(frame)]).toEqual([frame]);
    }
  });
});

function* pieces(stream: Buffer, cuts: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (let at = 0; from < stream.length; at += 1) {
    const size = cuts[at % Math.max(cuts.length, 1)] ?? 17;
    yield stream.subarray(from, from + size);
    from += size;
  }
}

function deliver(): Pdu & { command: CommandName } {
  const someone = { ton: 1, npi: 1, digits: "447700900001" };
  return {
    ...{
      command: "deliver_sm",
      status: 0,
      sequence: 9,
      serviceType: "CMT",
      source: someone,
      destination: someone,
    },
    ...{ esmClass: 0, protocolId: 0, priority: 0, scheduled: "", validity: "", registeredDelivery: 0 },
    ...{ replaceIfPresent: 0, dataCoding: 0, defaultMessageId: 0, text: Buffer.from("hello") },
    tlvs: [{ tag: 0x0204, value: Buffer.from([1, 2]) }],
  } as const;
}
