import fc from "fast-check";
import segments from "sms-segments-calculator";
import { describe, expect, it } from "vitest";
import { alphabetOf, decodeText } from "../../../adapters/sms/text/coding.ts";
import { decodeGsm, encodeGsm } from "../../../adapters/sms/text/gsm.ts";
import { encodePart, segment } from "../../../adapters/sms/text/segment.ts";
import { plainer } from "../../../adapters/sms/text/smart.ts";
import { concatenationHeader, readHeader } from "../../../adapters/sms/text/udh.ts";

const ALL_GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà\f^{}\\[~]|€";
const gsmText = fc.string({ unit: fc.constantFrom(...ALL_GSM), maxLength: 500 });
const anyText = fc.string({ unit: "binary", maxLength: 300 }).map((text) => text.toWellFormed());

describe("the GSM alphabet", () => {
  it("has the codes of 3GPP TS 23.038 at its landmarks", () => {
    expect(encodeGsm("@_AZaz§à")?.toString("hex")).toBe("0011415a617a5f7f");
    expect(encodeGsm("€^{}\\[~]|\f")?.toString("hex")).toBe("1b651b141b281b291b2f1b3c1b3d1b3e1b401b0a");
    expect(encodeGsm("ç")).toBeUndefined();
    expect(encodeGsm("\u001b")).toBeUndefined();
  });

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        expect(decodeGsm(encodeGsm(text) ?? Buffer.alloc(0))).toBe(text);
      }),
    );
  });

  it("has the same octets for a character among ASCII and beside others", () => {
    for (let code = 0; code < 128; code++) {
      const among = String.fromCharCode(code);
      const [alone, beside] = [encodeGsm(among), encodeGsm(`${among}é`)];
      expect(beside?.subarray(0, -1)).toEqual(alone);
      expect(decodeGsm(Buffer.of(code, 0x05))).toBe(code === 0x1b ? "é" : `${decodeGsm(Buffer.of(code))}é`);
    }
  });

  it("shows what it can't read", () => {
    expect(decodeGsm(Buffer.from([0x41, 0x1b]))).toBe("A\ufffd");
    expect(decodeGsm(Buffer.from([0x1b, 0x41, 0x80]))).toBe("A\ufffd");
  });
});

describe("data_coding", () => {
  it.each([
    [0x00, "gsm"],
    [0x01, "ascii"],
    [0x03, "latin1"],
    [0x04, "binary"],
    [0x06, "iso-8859-5"],
    [0x08, "ucs2"],
    [0x11, "gsm"],
    [0x15, "binary"],
    [0x18, "ucs2"],
    [0x1b, "ucs2"],
    [0x20, "binary"],
    [0xc8, "gsm"],
    [0xe0, "ucs2"],
    [0xf0, "gsm"],
    [0xf1, "gsm"],
    [0xf5, "binary"],
  ] as const)("%i is %s", (coding, alphabet) => {
    expect(alphabetOf(coding, "gsm")).toBe(alphabet);
  });

  it("0 is what the SMSC's config says", () => {
    expect(alphabetOf(0, "latin1")).toBe("latin1");
  });

  it("of any value reads any octets as a well-formed text or none", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 160 }), (coding, octets) => {
        const alphabet = alphabetOf(coding, "gsm");
        const text = decodeText(octets, alphabet);
        if (alphabet !== "binary") expect(text).toBeTypeOf("string");
        expect(text?.isWellFormed() ?? true).toBe(true);
        expect(text ?? "").not.toContain("\0");
      }),
      { numRuns: 1_000 },
    );
  });

  it("UCS-2 keeps surrogate pairs, heeds a byte order mark and shows half a character", () => {
    const big = Buffer.from("a🦊", "utf16le").swap16();
    expect(decodeText(big, "ucs2")).toBe("a🦊");
    expect(decodeText(Buffer.concat([Buffer.from([0xfe, 0xff]), big]), "ucs2")).toBe("a🦊");
    expect(decodeText(Buffer.from("\ufeffa🦊", "utf16le"), "ucs2")).toBe("a🦊");
    expect(decodeText(big.subarray(0, 5), "ucs2")).toBe("a\ufffd\ufffd");
    expect(decodeText(Buffer.alloc(0), "ucs2")).toBe("");
  });

  it("eight-bit data is a text only when it looks like one", () => {
    expect(decodeText(Buffer.from("grüße"), "binary")).toBe("grüße");
    expect(decodeText(Buffer.from([0x01, 0x02, 0xff]), "binary")).toBeUndefined();
  });
});

describe("segmentation", () => {
  it.each([
    ["x".repeat(160), [160]],
    ["x".repeat(161), [153, 8]],
    ["x".repeat(306), [153, 153]],
    ["x".repeat(307), [153, 153, 1]],
    ["ж".repeat(70), [70]],
    ["ж".repeat(71), [67, 4]],
    ["", [0]],
    [`${"x".repeat(159)}€`, [153, 7]],
    [`${"x".repeat(152)}€${"x".repeat(20)}`, [152, 21]],
    [`${"ж".repeat(66)}🦊${"ж".repeat(10)}`, [66, 12]],
    [`${"ж".repeat(68)}🦊`, [70]],
  ])("cuts text %# at the right places", (text, lengths) => {
    expect(segment(text, "gsm").parts.map((part) => part.length)).toEqual(lengths);
  });

  it("says what a phone will show, and as little as another counter says it takes", () => {
    fc.assert(
      fc.property(fc.oneof(gsmText, anyText), (text) => {
        const { coding, parts } = segment(text, "gsm");
        const octets = parts.map((part) => encodePart(part, coding, "gsm").octets);
        expect(Math.max(...octets.map((part) => part.length))).toBeLessThanOrEqual(
          coding === "default" ? (parts.length > 1 ? 153 : 160) : parts.length > 1 ? 134 : 140,
        );
        const joined = Buffer.concat(octets);
        const shown = coding === "default" ? decodeGsm(joined) : joined.swap16().toString("utf16le");
        expect(shown).toBe(coding === "default" ? plainer(text) : text);
      }),
    );
  });

  it("splits no escape sequence and no surrogate pair", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("€", "a", "🦊", "ж", "^"), maxLength: 400 }), (text) => {
        for (const part of segment(text, "gsm").parts) expect(part.isWellFormed()).toBe(true);
        const { coding, parts } = segment(text, "gsm");
        for (const part of parts) {
          const { octets } = encodePart(part, coding, "gsm");
          if (coding === "default") expect(decodeGsm(octets)).toBe(part);
        }
      }),
    );
  });

  it("counts parts as sms-segments-calculator does", () => {
    fc.assert(
      fc.property(
        gsmText.filter((text) => text.length > 0),
        (text) => {
          const counted = new segments.SegmentedMessage(text, "auto", false);
          expect(segment(text, "gsm").parts).toHaveLength(counted.segmentsCount);
        },
      ),
    );
  });

  it("makes typographic characters plain when that saves UCS-2, and leaves them when it doesn't", () => {
    expect(segment("“It’s” – ok…\u00a0", "gsm")).toEqual({ coding: "default", parts: ['"It\'s" - ok... '] });
    expect(segment("Ana · bike: yes", "gsm")).toEqual({ coding: "default", parts: ["Ana - bike: yes"] });
    expect(segment("“🦊”", "gsm")).toEqual({ coding: "ucs2", parts: ["“🦊”"] });
  });

  it("heeds what the SMSC's default alphabet can't carry", () => {
    expect(segment("Ωmega", "gsm").coding).toBe("default");
    expect(segment("Ωmega", "latin1").coding).toBe("ucs2");
    expect(
      encodePart(segment("grün@", "latin1").parts[0] ?? "", "default", "latin1").octets.toString("hex"),
    ).toBe("6772fc6e40");
    expect(segment("grün", "ascii").coding).toBe("ucs2");
  });
});

describe("the user data header", () => {
  it("reads what it wrote", () => {
    expect(readHeader(concatenationHeader(0xfe, 3, 2))).toEqual({
      length: 6,
      concatenation: { kind: "udh8", reference: 0xfe, total: 3, index: 2 },
      hasPorts: false,
    });
  });

  it("reads references of 16 bits and ports", () => {
    const header = readHeader(Buffer.from("0c0504c3500000080401020302ff", "hex"));
    expect(header).toMatchObject({
      hasPorts: true,
      concatenation: { kind: "udh16", reference: 0x0102, total: 3 },
    });
  });

  it.each(["", "05", "ff00", "0500030102", "050009010203", "01"])("refuses %s", (hex) => {
    expect(readHeader(Buffer.from(hex, "hex"))).toBeUndefined();
  });

  it("ignores part 4 of 3, part 0, and a single part", () => {
    for (const hex of ["050003010304", "050003010300", "050003010101"]) {
      expect(readHeader(Buffer.from(hex, "hex"))?.concatenation).toBeUndefined();
    }
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => void readHeader(Buffer.from(octets))),
    );
  });
});
