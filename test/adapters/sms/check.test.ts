import { afterEach, describe, expect, test } from "vitest";
import { smsAdapter } from "../../../adapters/sms/index.ts";
import type { Finding } from "../../../src/adapter/index.ts";
import { DAY, SECOND, sensitive } from "../../../src/model/index.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import { CERTIFICATE, EXPIRED_CERTIFICATE, PRIVATE_KEY } from "../../support/localhost-certificate.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";

let smsc: LoopbackSmsc | undefined;
afterEach(() => smsc?.stop());

/** Until when the tests' certificate is valid. */
const END = Date.UTC(2126, 9, 29, 21, 27, 6);

interface Check {
  readonly link?: Readonly<Record<string, unknown>>;
  readonly running?: boolean;
  readonly now?: () => number;
}

/** Checks an account with one link, to the SMSC that was started. */
async function check({
  link = {},
  running = false,
  now = Date.now,
}: Check = {}): Promise<readonly Finding[]> {
  const parsed = smsAdapter.config.safeParse({
    network: "sms",
    numbers: ["+12025550111"],
    links: [
      {
        ...{ name: "near", host: "127.0.0.1", port: smsc?.port ?? 1, responseTimeoutSeconds: 1 },
        ...{ systemId: "test", password: sensitive("secret"), ...link },
      },
    ],
  });
  if (!parsed.success) throw new Error("the test's config is wrong");
  const clock = { ...systemClock, now };
  const signal = AbortSignal.timeout(10 * SECOND);
  return (await smsAdapter.check?.(parsed.data, { clock, running, signal, folder: "/nowhere" })) ?? [];
}

const withTls = () => LoopbackSmsc.start({ tls: { key: PRIVATE_KEY, cert: CERTIFICATE } });
const TRUSTED = { tls: { ca: sensitive(CERTIFICATE) } };

describe("a check of an SMS account", () => {
  test("binds and takes leave, so that nobody is bound afterwards", async () => {
    smsc = await LoopbackSmsc.start();
    expect(await check()).toEqual([
      { check: "link near", status: "ok", found: "the SMSC lets us in as transceiver, and out again" },
    ]);
    expect(smsc.bound).toEqual([]);
  });

  test("puts off what the SMSC delivers meanwhile", async () => {
    smsc = await LoopbackSmsc.start();
    const answered = smsc.text("+12025550123", "+12025550111", "hello");
    expect(await check()).toMatchObject([{ status: "ok" }]);
    expect(await answered).toEqual([0x64]);
  });

  test("beside a daemon doesn't bind", async () => {
    smsc = await LoopbackSmsc.start();
    expect(await check({ running: true })).toEqual([]);
    expect(smsc.connections).toEqual([]);
  });

  test("beside a daemon looks at the certificate of a link, and binds to it all the less", async () => {
    smsc = await withTls();
    expect(await check({ running: true, link: TRUSTED })).toEqual([
      { check: "link near", status: "ok", found: "its certificate is in order" },
    ]);
    expect(smsc.bound).toEqual([]);
  });

  test("warns of a certificate that expires within a month", async () => {
    smsc = await withTls();
    const [first, second] = await check({ link: TRUSTED, now: () => END - 10 * DAY });
    expect(first).toMatchObject({ status: "warning", found: "the certificate expires in 10 days" });
    expect(second).toMatchObject({ status: "ok" });
    expect(await check({ link: TRUSTED, now: () => END - 31 * DAY })).toMatchObject([{ status: "ok" }]);
  });

  test("tells of a certificate of ours that has expired", async () => {
    smsc = await withTls();
    const own = { cert: sensitive(EXPIRED_CERTIFICATE), key: sensitive(PRIVATE_KEY) };
    const [first] = await check({ link: { tls: { ...TRUSTED.tls, ...own } } });
    expect(first).toEqual({
      check: "link near: our certificate",
      status: "problem",
      found: "the certificate has expired",
      remedy: "have it renewed: with one that has expired nothing goes over the link",
    });
  });

  test.each([
    ["127.0.0.1", []],
    ["10.1.2.3", []],
    ["192.168.4.5", []],
    ["fd00::5", []],
    ["198.51.100.7", ["warning"]],
    ["smsc.example", ["warning"]],
  ])("minds a link in clear to %s as it should", async (host, expected) => {
    const findings = await check({ running: true, link: { host } });
    expect(findings.map(({ status }) => status)).toEqual(expected);
    expect(JSON.stringify(findings)).not.toContain(host);
  });
});
