import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { isIn } from "./layers.ts";

/** What a file says of its exports and of other files' ones. Names of a whole module are "*". */
interface Module {
  /** Its own declarations, by name. */
  readonly declared: readonly string[];
  /** What it passes on: `export { name } from "./file.ts"`, `export * from ...`. */
  readonly passedOn: readonly { readonly name: string; readonly as: string; readonly file: string }[];
  /** What it imports for itself. */
  readonly used: readonly { readonly name: string; readonly file: string }[];
}

const DECLARED =
  /^export (?:abstract |async |declare )*(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;
const LISTED = /^export (?:type )?\{([^}]*)\}(?: from "([^"\n]+)")?/gm;
const STARRED = /^export (?:type )?\* from "([^"\n]+)"/gm;
const IMPORTED = /^import (?:type )?(?:\w+,? ?)?(?:\{([^}]*)\}|\* as \w+)? ?from "([^"\n]+)"/gm;
const DYNAMIC =
  /(?:const \{([^}]*)\} = await )?\bimport\(\s*"([^"\n]+)",?\s*\)(?:\s*\.then\(\(\{([^}]*)\}\))?/g;

/** Where exports are looked at. Those of tests, the demo and the benchmarks are their own business. */
const LOOKED_AT = ["src", "adapters", "scripts", "test/support"];
/** What these files export is for whoever may come: it counts as imported. */
const PUBLIC = /^(?:(?:src\/(?:adapter|model)|adapters\/[^/]+)\/index|src\/adapter\/public)\.ts$/;

/**
 * Finds exports that no file imports.
 * @param root the repository.
 * @param files its TypeScript files, from the root.
 * @returns one line for each.
 */
export function checkExports(root: string, files: readonly string[]): string[] {
  const modules = new Map(files.map((file) => [file, read(file, readFileSync(join(root, file), "utf8"))]));
  const used = usedIn(modules);
  const taken = new Set([...used].map((each) => each.split(" ")[0]));
  return [...modules].flatMap(([file, { declared, passedOn }]) =>
    LOOKED_AT.some((place) => isIn(file, place))
      ? [...declared, ...passedOn.map(({ as }) => as)]
          // Of a star nobody can tell what it brings: it is for nothing where nothing of its file is imported.
          .filter((name) => (name === "*" ? !taken.has(file) : !used.has(`${file} ${name}`)))
          .map((name) => `${file}: exports ${name}, which nobody imports: take it out, or the export off it`)
      : [],
  );
}

/** Every export that is imported somewhere, as `file name`. */
function usedIn(modules: ReadonlyMap<string, Module>): ReadonlySet<string> {
  const used = new Set<string>();
  const use = (file: string, name: string): void => {
    const module = modules.get(file);
    if (module === undefined || used.has(`${file} ${name}`)) return;
    used.add(`${file} ${name}`);
    const names = name === "*" ? [...module.declared, ...module.passedOn.map(({ as }) => as)] : [];
    for (const each of names) if (each !== "*") use(file, each);
    for (const { name: theirs, as, file: from } of module.passedOn) {
      if (as === name && as !== "*") use(from, theirs);
      // It may come from any file that is passed on as a whole.
      else if (as === "*" && !module.declared.includes(name)) use(from, name);
    }
  };
  for (const [file, module] of modules) {
    for (const each of module.used) use(each.file, each.name);
    if (PUBLIC.test(file)) use(file, "*");
  }
  return used;
}

function read(file: string, text: string): Module {
  const at = (specifier: string) => normalize(join(dirname(file), specifier));
  const listed = [...text.matchAll(LISTED)];
  const passedOn = [
    ...listed.flatMap(([, list = "", from]) =>
      from === undefined ? [] : namesIn(list).map(({ name, as }) => ({ name, as, file: at(from) })),
    ),
    ...[...text.matchAll(STARRED)].map(([, from = ""]) => ({ name: "*", as: "*", file: at(from) })),
  ];
  const used = [
    ...[...text.matchAll(IMPORTED)].map(([, list, from = ""]) => ({ list, from })),
    ...[...text.matchAll(DYNAMIC)].map(([, list, from = "", then]) => ({ list: list ?? then, from })),
  ]
    .filter(({ from }) => from.startsWith("."))
    .flatMap(({ list, from }) =>
      (list === undefined ? [{ name: "*" }] : namesIn(list)).map(({ name }) => ({ name, file: at(from) })),
    );
  const declared = [
    ...[...text.matchAll(DECLARED)].map(([, name = ""]) => name),
    ...listed.flatMap(([, list = "", from]) => (from === undefined ? namesIn(list).map(({ as }) => as) : [])),
  ];
  return { declared, passedOn, used };
}

/** The names in braces: `a, type B, c as d`, and `a: b` where a promise is taken apart. */
function namesIn(list: string): { readonly name: string; readonly as: string }[] {
  return list
    .split(",")
    .map((one) => one.trim().replace(/^type /, ""))
    .filter((one) => one !== "")
    .map((one) => {
      const [name = "", as = name] = one.split(/ as |: /);
      return { name, as };
    });
}
