import { expect, test } from "vitest";
import { debianComponents, ownCryptoPackage } from "../../scripts/image/components.ts";

test("a package of Debian's is named so that those who look for known faults find its source", () => {
  const listed = "libstdc++6\t12.2.0-14+deb12u1\tamd64\tgcc-12\t12.2.0-14+deb12u1\n";
  expect(debianComponents(listed)).toEqual([
    {
      type: "library",
      "bom-ref": "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64",
      name: "libstdc++6",
      version: "12.2.0-14+deb12u1",
      purl: "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64",
      properties: [
        { name: "debian:source", value: "gcc-12" },
        { name: "debian:source-version", value: "12.2.0-14+deb12u1" },
      ],
    },
  ]);
});

test("a list of another form is refused", () => {
  expect(() => debianComponents("tini 0.19.0-1\n")).toThrow("five columns");
});

test("our package in another's place isn't taken for that one", () => {
  const theirs = { type: "library", name: "matrix-crypto", version: "0.4.0" };
  const purl = "pkg:npm/%40matrix-org/matrix-sdk-crypto-nodejs@0.4.0";
  expect(ownCryptoPackage({ ...theirs, purl })).toEqual({ ...theirs, name: "footbridge-matrix-crypto" });
  const other = { ...theirs, purl: "pkg:npm/zod@4.6.7" };
  expect(ownCryptoPackage(other)).toBe(other);
});
