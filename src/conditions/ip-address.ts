/** Compares the value of a field. */
type AddressTest = (text: string) => boolean;

/**
 * Compiles a block of IP addresses, as in `10.0.0.0/24` or `2001:db8::/32`. The block begins at the address that is
 * written, as in AWS's matcher: `10.0.0.5/24` leaves out the five addresses before it.
 *
 * @returns undefined for text that is not such a block
 */
export function addressBlock(block: string): AddressTest | undefined {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(block) ?? [];
  const first = addressBytes(address);
  if (first === undefined || Number(bits) > first.length * 8) return undefined;
  const last = first.map(
    (byte, index) => byte | (0xff >> Math.min(8, Math.max(0, Number(bits) - index * 8))),
  );
  const [from, to] = [hex(first), hex(last)];
  return (text) => {
    const bytes = addressBytes(text);
    if (bytes?.length !== first.length) return false;
    const found = hex(bytes);
    return found >= from && found <= to;
  };
}

/**
 * Compiles one IP address, which matches in each of its spellings: `::1` is `0:0:0:0:0:0:0:1`.
 *
 * @returns undefined for text that is not an address
 */
export function sameAddress(address: string): AddressTest | undefined {
  const bytes = addressBytes(address);
  if (bytes === undefined) return undefined;
  const expected = hex(bytes);
  return (text) => {
    const found = addressBytes(text);
    return found !== undefined && hex(found) === expected;
  };
}

function addressBytes(text: string): readonly number[] | undefined {
  // The longest address has 39 characters; leading zeros may make it longer, but not by so many.
  if (text.length > 64) return undefined;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    const bytes = text.split('.').map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes : undefined;
  }
  return /^[\da-f:]*:[\da-f:]*$/i.test(text) ? longAddress(text) : undefined;
}

function longAddress(text: string): readonly number[] | undefined {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = halves;
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  const bytes = groups.flatMap((group) => {
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
  // ::ffff:a00:1 is 10.0.0.1.
  const mapped = bytes.every((byte, index) => (index < 10 ? byte === 0 : index > 11 || byte === 0xff));
  return mapped ? bytes.slice(12) : bytes;
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
