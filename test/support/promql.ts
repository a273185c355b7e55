// Reads PromQL as far as our rules and dashboard write it: numbers, selectors with matchers and ranges, functions, aggregations,
// operators with their matching. What it can't read is an error.

/** What a query asks for. */
interface Query {
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Labels in `by (...)` and `on (...)`. */
  readonly grouped: readonly string[];
}

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:e\d+)?)(?![a-z])|("(?:[^"\\]|\\.)*")|([a-zA-Z_:][a-zA-Z0-9_:]*)|(\[[^\]]+\])|(=~|!~|!=|==|>=|<=|[-+*/><=(){},]))/y;
const AGGREGATIONS = ["sum", "max", "min", "avg", "count"];
const FUNCTIONS: Readonly<Record<string, number>> = { rate: 1, increase: 1, histogram_quantile: 2, time: 0 };
const OPERATORS = ["+", "-", "*", "/", ">", "<", "==", "!=", ">=", "<=", "and", "or", "unless"];
const RANGE = /^\[(?:\d+[smhd]|\$__rate_interval)\]$/;

/** Reads a query. @throws Error where it doesn't parse */
export function readQuery(text: string): Query {
  const reader = new Reader(tokensOf(text));
  reader.expression();
  reader.end();
  return reader;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ""; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) throw new Error(`found no token at: ${text.slice(at)}`);
    tokens.push(found[0].trim());
  }
  return tokens;
}

class Reader implements Query {
  readonly selectors: { readonly metric: string; readonly labels: readonly string[] }[] = [];
  readonly grouped: string[] = [];
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  expression(): void {
    this.#operand();
    while (OPERATORS.includes(this.#peek())) {
      this.#at += 1;
      if (["on", "ignoring"].includes(this.#peek())) {
        this.#at += 1;
        this.grouped.push(...this.#names());
      }
      this.#operand();
    }
  }

  end(): void {
    if (this.#at !== this.#tokens.length) throw new Error(`found ${this.#peek()} where the query should end`);
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? "";
  }

  #take(expected: string): void {
    if (this.#peek() !== expected)
      throw new Error(`found ${this.#peek() || "the end"}, expected ${expected}`);
    this.#at += 1;
  }

  #operand(): void {
    const token = this.#peek();
    this.#at += 1;
    if (/^\d/.test(token)) return;
    const takes = FUNCTIONS[token];
    if (token === "(") {
      this.expression();
      this.#take(")");
    } else if (AGGREGATIONS.includes(token)) this.#aggregation();
    else if (takes !== undefined) this.#arguments(takes, token !== "histogram_quantile" && takes > 0);
    else if (/^[a-zA-Z_:]/.test(token) && !OPERATORS.includes(token)) this.#selector(token);
    else throw new Error(`found ${token || "the end"}, expected something to calculate with`);
  }

  #aggregation(): void {
    if (this.#peek() === "by") {
      this.#at += 1;
      this.grouped.push(...this.#names());
    }
    this.#arguments(1, false);
  }

  #arguments(count: number, ranged: boolean): void {
    this.#take("(");
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#take(",");
      this.expression();
    }
    const isRanged = RANGE.test(this.#tokens[this.#at - 1] ?? "");
    if (isRanged !== ranged) throw new Error(`found ${ranged ? "no" : "a"} range before ${this.#peek()}`);
    this.#take(")");
  }

  #selector(metric: string): void {
    const labels: string[] = [];
    if (this.#peek() === "{") {
      do {
        this.#at += 1;
        labels.push(this.#peek());
        this.#at += 1;
        if (!["=", "!=", "=~", "!~"].includes(this.#peek()))
          throw new Error(`found ${this.#peek()}, expected a matcher`);
        this.#at += 1;
        if (!this.#peek().startsWith('"')) throw new Error(`found ${this.#peek()}, expected a text`);
        this.#at += 1;
      } while (this.#peek() === ",");
      this.#take("}");
    }
    if (this.#peek().startsWith("[")) {
      if (!RANGE.test(this.#peek())) throw new Error(`found ${this.#peek()}, expected a range`);
      this.#at += 1;
    }
    this.selectors.push({ metric, labels });
  }

  #names(): readonly string[] {
    const names: string[] = [];
    do {
      this.#at += 1;
      if (!/^[a-z]+$/.test(this.#peek())) throw new Error(`found ${this.#peek()}, expected a label`);
      names.push(this.#peek());
      this.#at += 1;
    } while (this.#peek() === ",");
    this.#take(")");
    return names;
  }
}
