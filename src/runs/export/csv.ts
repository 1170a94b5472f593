/** Tables as text, after RFC 4180. */
export type Cell = string | number | null | undefined;

/** What does not exist is an empty cell. */
export function csv(rows: Iterable<readonly Cell[]>): string {
  let text = '';
  for (const cells of rows) text += `${cells.map(quoted).join(',')}\r\n`;
  return text;
}

function quoted(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
