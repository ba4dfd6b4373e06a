import { seededRandom } from '../random/seeded-random.ts';

const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const known = new Map<number, string>();

/** Text of so many bytes, always the same, that neither Postgres nor a network can make smaller: random characters of 64. */
export function payloadOf(bytes: number): string {
  let text = known.get(bytes);
  if (text === undefined) {
    const random = seededRandom(bytes);
    const codes = Buffer.alloc(bytes);
    for (let index = 0; index < bytes; index++) codes[index] = characters.charCodeAt(Math.floor(random() * characters.length));
    known.set(bytes, (text = codes.toString('latin1')));
  }
  return text;
}
