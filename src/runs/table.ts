/**
 * Somebody's own table as a part of a link: JSON, deflated, in base64url. A table that is too large for a link stays
 * out of it, and the receiver is told so.
 */
import { Inflate, deflateSync, strFromU8, strToU8 } from 'fflate';
import * as v from 'valibot';
import { ownSchema, type OwnTable } from '../gyms/own/table';

/** Longest text a table may add to a link: mail programs and chats cut what is much longer. */
export const LONGEST_LINKED = 8000;
/** Most bytes that a link may unpack to; a few characters could otherwise fill the memory. */
const LONGEST_UNPACKED = 500_000;
/** Bytes unpacked at a time, so that the bound is noticed before it is far behind. */
const CHUNK = 512;

export type DecodedTable =
  | { readonly ok: true; readonly table: OwnTable }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Undefined where the table is too large for a link. */
export function encodeTable(table: OwnTable): string | undefined {
  const bytes = deflateSync(strToU8(JSON.stringify(table)), { level: 9 });
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
  return text.length <= LONGEST_LINKED ? text : undefined;
}

/** Checks form and limits; whether the table can be played is found out where it is opened. */
export function decodeTable(text: string): DecodedTable {
  let value: unknown;
  try {
    value = JSON.parse(unpack(text));
  } catch {
    return {
      ok: false,
      problems: ['the table in the link is damaged; ask for the link again, or for the table itself'],
    };
  }
  const result = v.safeParse(ownSchema, value, { abortPipeEarly: true });
  if (result.success) return { ok: true, table: result.output };
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  return {
    ok: false,
    problems: [`the table in the link cannot be used: ${path ? `${path}: ` : ''}${issue.message}`],
  };
}

/** Throws where the text is damaged, or unpacks to too much. */
function unpack(text: string): string {
  const packed = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const inflate = new Inflate((part, last) => {
    size += part.length;
    if (size > LONGEST_UNPACKED) throw new Error('too large');
    parts.push(part);
    ended = last;
  });
  for (let at = 0; at < packed.length; at += CHUNK)
    inflate.push(packed.subarray(at, at + CHUNK), at + CHUNK >= packed.length);
  if (!ended) throw new Error('cut off');
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return strFromU8(whole);
}
