import { expect, test } from "vitest";
import { certificatesOf } from "../../src/daemon/certificates.ts";
import { accountId, networkName } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { CERTIFICATE, PRIVATE_KEY } from "../support/localhost-certificate.ts";

const ENDS = Date.UTC(2126, 9, 29, 21, 27, 6);
const redis = { kind: "external", url: sensitive("rediss://127.0.0.1"), allow: [] } as const;

test("certificates are found wherever they stand in the config, by their keys there", () => {
  const link = { name: "far", tls: { cert: sensitive(CERTIFICATE), key: sensitive(PRIVATE_KEY) } };
  const found = certificatesOf({
    redis: { ...redis, tls: { ca: `${CERTIFICATE}\n${CERTIFICATE}` } },
    accounts: [
      { account: accountId("sms"), network: networkName("sms"), config: { links: [{ tls: true }, link] } },
    ],
  });
  expect([...found]).toEqual([
    ["redis.tls.ca", ENDS],
    ["accounts.sms.links.1.tls.cert", ENDS],
  ]);
});

test("there are none in a config without any, and none that can't be read", () => {
  const accounts = [
    {
      account: accountId("m"),
      network: networkName("matrix"),
      config: { token: sensitive("secret"), port: 1, no: null },
    },
  ];
  expect(certificatesOf({ redis: { kind: "embedded" }, accounts }).size).toBe(0);
  const broken = CERTIFICATE.replace("MII", "AAA");
  expect(certificatesOf({ redis: { ...redis, tls: { cert: broken } }, accounts }).size).toBe(0);
});
