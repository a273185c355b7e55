/** One component of a CycloneDX file, as far as it is made or changed here. */
export interface Component {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly "bom-ref"?: string;
  readonly purl?: string;
  readonly licenses?: readonly object[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

const CRYPTO = "pkg:npm/%40matrix-org/matrix-sdk-crypto-nodejs@";

/** Our package under another one's name: whoever looks for known faults mustn't take it for that one. */
export function ownCryptoPackage(component: Component): Component {
  if (component.purl?.startsWith(CRYPTO) !== true) return component;
  const { purl: _theirs, ...rest } = component;
  return { ...rest, name: "footbridge-matrix-crypto" };
}

/** The program that runs it all. */
export function nodeComponent(version: string): Component {
  return {
    type: "application",
    "bom-ref": `node@${version}`,
    name: "node",
    version,
    purl: `pkg:generic/node@${version}`,
    licenses: [{ license: { id: "MIT" } }],
  };
}

/**
 * What `dpkg-query --show` printed, a line a package: name, version, architecture, source package, source version.
 * @throws TypeError for a line of another form.
 */
export function debianComponents(listed: string): Component[] {
  const lines = listed.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [name, version, architecture, source, sourceVersion] = line.split("\t");
    if (!name || !version || !architecture || !source || !sourceVersion)
      throw new TypeError("found another form in the list of Debian's packages, expected five columns");
    const id = `${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
    const purl = `pkg:deb/debian/${id}?arch=${architecture}`;
    const properties = [
      { name: "debian:source", value: source },
      { name: "debian:source-version", value: sourceVersion },
    ];
    return { type: "library", "bom-ref": purl, name, version, purl, properties };
  });
}
