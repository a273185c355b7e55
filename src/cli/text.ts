import type { Milliseconds, Timestamp } from "../model/time.ts";

/** Columns under their heads, two spaces apart. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** A span as people read it, two units at most: `3h 5m`. */
export function span(ms: Milliseconds): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 1) return `${Math.max(0, Math.floor(ms))}ms`;
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${minutes % 60}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** A size in megabytes: `1.2 MB`. */
export function megabytes(octets: number): string {
  return `${(octets / 1e6).toFixed(1)} MB`;
}

/** A moment in UTC, to the minute: `2026-07-01 12:30Z`. */
export function moment(at: Timestamp): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;
}
