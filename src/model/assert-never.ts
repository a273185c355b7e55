/** Ends a switch over a closed set: doesn't type-check while a case is missing. */
export function assertNever(value: never): never {
  throw new TypeError(`a case is missing: found a value of type ${typeof value}, expected none`);
}
