// Reads what Prometheus reads: the text format, version 0.0.4.

/** A line with a value. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/g;

/** All samples of a scrape. @throws Error for a line that is none. */
export function readScrape(text: string): readonly ScrapedSample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name, labels = "", value] = LINE.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`found no sample in: ${line}`);
      const parts = [...labels.matchAll(LABEL)];
      if (parts.map(([all]) => all).join("") !== labels) throw new Error(`found odd labels in: ${line}`);
      return {
        name,
        labels: Object.fromEntries(parts.map(([, key, text]) => [key, text])),
        value: value === "Nan" ? Number.NaN : Number(value.replace("+Inf", "Infinity")),
      };
    });
}

/** The metrics that a scrape declares, by name, with their types. */
export function declaredIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]),
  );
}
