import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { type Component, debianComponents, nodeComponent, ownCryptoPackage } from "./components.ts";

// Run while the image is built: one CycloneDX file of all that is in it. npm says what it installed, dpkg what Debian brought;
// the Node binary belongs to neither.
//   node scripts/image/sbom.ts NPM.json PACKAGES.tsv OUT.json VERSION CREATED

/** The fields of CycloneDX 1.5 that are touched here; the others stay as npm wrote them. */
interface Bom {
  serialNumber?: string;
  metadata: { timestamp?: string; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

const [npmFile = "", debianFile = "", outFile = "", version = "", created = ""] = process.argv.slice(2);
const bom: Bom = JSON.parse(readFileSync(npmFile, "utf8"));
/** Declarations of types aren't in the image. */
const isThere = (ref: string): boolean => !ref.startsWith("@types/");
const components = [
  ...bom.components.filter(({ name }) => isThere(name)).map(ownCryptoPackage),
  nodeComponent(process.versions.node),
  ...debianComponents(readFileSync(debianFile, "utf8")),
];
// The same content has the same file: no time and no number of its own, unless the builder names the time.
const { timestamp: _now, ...metadata } = bom.metadata;
const content = createHash("sha256").update(JSON.stringify(components)).digest("hex");
const whole = {
  ...bom,
  serialNumber: `urn:uuid:${uuidOf(content)}`,
  metadata: {
    ...metadata,
    ...(created === "" ? {} : { timestamp: created }),
    component: { ...metadata.component, type: "application", name: "footbridge", version },
  },
  components,
  dependencies: bom.dependencies
    .filter(({ ref }) => isThere(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isThere) })),
};
writeFileSync(outFile, `${JSON.stringify(whole, null, 1)}\n`);

/** A UUID of a content, version 8 (RFC 9562, section 5.8). */
function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const fields = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
  ];
  return [...fields, hex.slice(20, 32)].join("-");
}
