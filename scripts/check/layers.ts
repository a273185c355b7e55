/** The files that lie in src/ itself, and src/daemon: the entry point and the composition root. */
const ROOT = "src/*.ts";

/**
 * The layers of src/, top first (docs: DESIGN, Layout). A file may import from its own layer's folder and from layers below.
 * Folders in one layer are siblings and never import each other.
 */
const LAYERS: readonly (readonly string[])[] = [
  [ROOT],
  ["src/cli"],
  ["src/http"],
  ["src/pipeline"],
  ["src/commands"],
  ["src/routing", "src/consent", "src/safety"],
  ["src/store"],
  ["src/adapter"],
  ["src/privacy"],
  ["src/config"],
  ["src/observe"],
  ["src/model"],
];

/** Who may import adapters, beside an adapter itself. */
export const KNOW_ADAPTERS = ["src/daemon.ts", "test", "bench", "demo", "scripts"] as const;

/** What an adapter may import of src/. */
export const SEEN_BY_ADAPTERS = ["src/adapter", "src/model"] as const;

/** What the product never imports. */
export const TOOLS = ["test", "bench", "demo", "scripts"] as const;

/** Packages that another one brings and shows in its own types, so that their version is its business. */
export const CARRIED: Readonly<Record<string, string>> = {
  "@vector-im/matrix-bot-sdk": "matrix-appservice-bridge",
  libsignal: "baileys",
};

/** Whether a file is `place`, or lies in it. */
export function isIn(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

/** The layer of a file of src/, 0 for the top, and its folder in it; undefined when no layer knows it. */
export function layerOf(file: string): { readonly index: number; readonly folder: string } | undefined {
  if (/^src\/(?:daemon\/.*|[^/]+)\.ts$/.test(file)) return { index: 0, folder: ROOT };
  for (const [index, folders] of LAYERS.entries()) {
    const folder = folders.find((candidate) => isIn(file, candidate));
    if (folder !== undefined) return { index, folder };
  }
  return undefined;
}
