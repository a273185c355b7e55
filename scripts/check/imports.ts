import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { CARRIED, isIn, KNOW_ADAPTERS, layerOf, SEEN_BY_ADAPTERS, TOOLS } from "./layers.ts";

/** One import of a file. `to` is a path from the root for a relative import, else a package. */
interface Import {
  readonly from: string;
  readonly to: string;
  readonly relative: boolean;
}

const STATIC = /^\s*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*["']([^"'\n]+)["']/gm;
const DYNAMIC = /\bimport\s*\(\s*["']([^"'\n]+)["']\s*\)/g;

/**
 * Checks who imports whom.
 * @param root the repository.
 * @param files its TypeScript files, from the root.
 * @param packages the names of the dependencies and of the dev dependencies.
 * @returns one line for each violation and each circle.
 */
export function checkImports(
  root: string,
  files: readonly string[],
  packages: { readonly runtime: readonly string[]; readonly development: readonly string[] },
): string[] {
  const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), "utf8")));
  const relative = imports.filter((one) => one.relative);
  return [
    ...files.flatMap((file) =>
      isIn(file, "src") && layerOf(file) === undefined
        ? [`${file}: lies in no layer (scripts/check/layers.ts)`]
        : [],
    ),
    ...relative.flatMap((one) => violation(one) ?? []),
    ...imports.filter((one) => !one.relative).flatMap((one) => undeclared(one, packages) ?? []),
    ...circles(relative),
  ];
}

/** The imports of a file's text, types too: a type can go up or in a circle as well. */
function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(STATIC), ...text.matchAll(DYNAMIC)].map(([, specifier = ""]) => {
    const relative = specifier.startsWith(".");
    return { from: file, relative, to: relative ? normalize(join(dirname(file), specifier)) : specifier };
  });
}

function violation({ from, to }: Import): string | undefined {
  const product = isIn(from, "src") || isIn(from, "adapters");
  if (product && TOOLS.some((place) => isIn(to, place)))
    return `${from}: imports ${to}: the product needs no tools`;
  if (isIn(from, "adapters")) return adapterViolation(from, to);
  if (isIn(from, "examples") && !isIn(to, from.split("/").slice(0, 2).join("/")))
    return `${from}: imports ${to}: an example sees of us what any package does, footbridge/adapter`;
  if (isIn(to, "adapters") && !KNOW_ADAPTERS.some((place) => isIn(from, place))) {
    return `${from}: imports ${to}: only the daemon knows adapters`;
  }
  const [own, other] = [layerOf(from), layerOf(to)];
  if (own === undefined || other === undefined || own.folder === other.folder) return undefined;
  if (other.index < own.index)
    return `${from}: imports ${to}: goes up, from ${own.folder} to ${other.folder}`;
  if (other.index === own.index)
    return `${from}: imports ${to}: ${own.folder} and ${other.folder} are siblings`;
  return undefined;
}

function adapterViolation(from: string, to: string): string | undefined {
  const own = from.split("/").slice(0, 2).join("/");
  const seen = [own, ...SEEN_BY_ADAPTERS].some((place) => isIn(to, place));
  return seen
    ? undefined
    : `${from}: imports ${to}: an adapter sees its own folder, ${SEEN_BY_ADAPTERS.join(" and ")}`;
}

/** What a package of somebody else may import of us. */
const OURS: ReadonlySet<string> = new Set(["footbridge/adapter", "footbridge/conformance"]);

function undeclared(
  { from, to }: Import,
  packages: { readonly runtime: readonly string[]; readonly development: readonly string[] },
): string | undefined {
  if (to.startsWith("node:") || to.startsWith("#")) return undefined;
  if ((isIn(from, "examples") || isIn(from, "test")) && OURS.has(to)) return undefined;
  const name = to
    .split("/")
    .slice(0, to.startsWith("@") ? 2 : 1)
    .join("/");
  if (packages.runtime.includes(CARRIED[name] ?? name)) return undefined;
  if (!packages.development.includes(name)) return `${from}: imports ${name}: package.json doesn't have it`;
  const product = isIn(from, "src") || isIn(from, "adapters");
  return product ? `${from}: imports ${name}: it is a dev dependency` : undefined;
}

/** All circles, each once, as `a -> b -> a`. */
function circles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.add(canonicalCircle(path.slice(start)));
      return;
    }
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return [...found];
}

function canonicalCircle(files: readonly string[]): string {
  const first = files.indexOf(files.toSorted()[0] ?? "");
  const turned = [...files.slice(first), ...files.slice(0, first)];
  return `${[...turned, turned[0]].join(" -> ")}: a circle`;
}
