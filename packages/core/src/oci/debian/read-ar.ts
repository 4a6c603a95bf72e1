/** One member of an ar archive. */
export interface ArMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const magic = '!<arch>\n';
const headerBytes = 60;

/** Reads an archive of ar(5), which a Debian package is (deb(5)). Null for bytes that are none, or end early. */
export function readAr(bytes: Uint8Array): readonly ArMember[] | null {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (whole.toString('latin1', 0, magic.length) !== magic) return null;
  const members: ArMember[] = [];
  for (let at = magic.length; at < whole.length;) {
    const header = whole.toString('latin1', at, at + headerBytes);
    const size = Number(header.slice(48, 58));
    const start = at + headerBytes;
    if (header.length < headerBytes || header.slice(58) !== '`\n' || !Number.isInteger(size) || size < 0 || start + size > whole.length)
      return null;
    members.push({ name: header.slice(0, 16).trimEnd().replace(/\/$/, ''), bytes: whole.subarray(start, start + size) });
    at = start + size + (size % 2); // members begin at even places
  }
  return members;
}
