/** A record with one entry a name, such as the phrases that `Mentions` looks for. */
export function recordOf<Name extends string, Value>(
  names: readonly Name[],
  value: (name: Name) => Value,
): Record<Name, Value> {
  const entries: [string, Value][] = names.map((name) => [name, value(name)]);
  return Object.fromEntries<Value>(entries) as Record<Name, Value>;
}
