import { z } from "zod";
import { loopback } from "../../adapters/loopback/index.ts";
import { configSchema } from "../../src/config/schema.ts";
import { adapters } from "../../src/daemon.ts";

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
}

/** All of the build but loopback: that network is there for tests and for who writes an adapter, no operator has one. */
const ADAPTERS = adapters.filter(({ network }) => network !== loopback.network);

const HEAD = `# Configuration

Generated from the schemas by \`npm run check -- --write\`. [config.example.yaml](../config.example.yaml) explains each key in
its place; this is the list to look things up in.

A secret is a text, \`{file: PATH}\` (relative to the config file) or \`{env: NAME}\`, and is never printed. A duration is \`20h\`,
\`5m\`, \`30s\`, \`500ms\` or \`1h30m\`.
`;

/** The reference of all config keys, as Markdown. */
export function configurationPage(): string {
  const rooms = ADAPTERS.filter((adapter) => adapter.rooms);
  const paired = ADAPTERS.filter((adapter) => adapter.answersOnly !== true);
  const core = configSchema(namesOf(paired), namesOf(rooms));
  const parts = ADAPTERS.map((adapter) => {
    const rows = rowsOf(jsonOf(adapter.config), "");
    return `\n## An account of \`network: ${adapter.network}\`\n\n${table(rows)}`;
  });
  return `${HEAD}\n## The file\n\n${table(rowsOf(jsonOf(core), ""))}${parts.join("")}`;
}

function namesOf(some: typeof ADAPTERS): readonly string[] {
  return some.map(({ network }) => network);
}

function jsonOf(schema: unknown): JsonSchema {
  if (!(schema instanceof z.ZodType)) return {};
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema, path }) => {
      // the one default that is this machine's
      if (path.at(-1) === "timeZone") jsonSchema.default = "the system's";
    },
  }) as JsonSchema; // JSON Schema, as far as zod writes it
}

type Row = readonly [key: string, value: string, preset: string, text: string];

function rowsOf(schema: JsonSchema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const name = `${path}${key}`;
    const group = part.properties === undefined ? (part.anyOf ?? []).find((one) => one.properties) : part;
    const listed = part.items?.properties === undefined ? undefined : part.items;
    const inner = [
      ...(group === undefined ? [] : rowsOf(group, `${name}.`)),
      ...(listed === undefined ? [] : rowsOf(listed, `${name}[].`)),
    ];
    const preset = presetOf(part, schema.required?.includes(key) === true);
    const row: Row = [name, kindOf(part), preset, part.description ?? ""];
    return part.properties !== undefined && part.description === undefined ? inner : [row, ...inner];
  });
}

function presetOf(part: JsonSchema, required: boolean): string {
  const isNothing = JSON.stringify(part.default) === "{}"; // a group whose keys have their own
  if (part.default !== undefined && !isNothing)
    return typeof part.default === "string" ? part.default : JSON.stringify(part.default);
  return required ? "(needed)" : "";
}

const DURATION = /^\d+(?:ms|s|m|h|d)$/;

function kindOf(part: JsonSchema): string {
  if (part.const !== undefined) return String(part.const);
  if (part.enum !== undefined) return part.enum.join(", ");
  if (part.prefixItems !== undefined) return `list of ${part.prefixItems.length} numbers`; // no other tuple is there
  if (part.items !== undefined) return `list of ${kindOf(part.items)}`;
  if (part.anyOf !== undefined) {
    const kinds = part.anyOf.map(kindOf).filter((kind) => kind !== "");
    return part.anyOf.some((one) => Object.keys(one).length === 0) ? "text or secret" : kinds.join(" or ");
  }
  if (part.type === "integer" || part.type === "number") {
    const kind = part.type === "integer" ? "whole number" : "number";
    return part.minimum === undefined ? kind : `${kind}, ${part.minimum} to ${part.maximum}`;
  }
  if (part.type === "string" && DURATION.test(String(part.default))) return "duration";
  return { string: "text", boolean: "true or false", object: "group" }[part.type ?? ""] ?? "";
}

function table(rows: readonly Row[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const code = (text: string) => (text === "" || text.startsWith("(") ? text : `\`${cell(text)}\``);
  const lines = rows.map(
    ([key, value, preset, text]) => `| \`${key}\` | ${cell(value)} | ${code(preset)} | ${cell(text)} |`,
  );
  return `${["| key | value | default | what it is |", "|---|---|---|---|", ...lines].join("\n")}\n`;
}
