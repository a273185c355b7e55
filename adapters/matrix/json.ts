/** A JSON object, not an array and not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The record under a name, or an empty one. */
export function recordAt(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const inner = isRecord(value) ? value[name] : undefined;
  return isRecord(inner) ? inner : {};
}

/** The array under a name, or an empty one. */
export function listAt(value: unknown, name: string): readonly unknown[] {
  const inner = isRecord(value) ? value[name] : undefined;
  return Array.isArray(inner) ? inner : [];
}

/** The text under a name that isn't empty, or undefined. */
export function textAt(value: unknown, name: string): string | undefined {
  const inner = isRecord(value) ? value[name] : undefined;
  return typeof inner === "string" && inner !== "" ? inner : undefined;
}
