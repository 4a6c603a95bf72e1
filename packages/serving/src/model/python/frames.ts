import type { Readable, Writable } from 'node:stream';
import type { Json } from '@tidegate/formats';

/** Writes one message: four bytes of length, big-endian, and JSON in UTF-8. */
export function writeFrame(stream: Writable, message: Json): void {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  stream.write(Buffer.concat([head, body]));
}

/** Calls `onMessage` for each whole message of the stream. */
export function readFrames(stream: Readable, onMessage: (message: unknown) => void): void {
  let parts: Buffer[] = [];
  let bytes = 0;
  let wanted = 4;
  stream.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes < wanted) return; // large messages come in many chunks: joined once
    let joined = Buffer.concat(parts);
    while (joined.length >= 4 && joined.length >= 4 + joined.readUInt32BE(0)) {
      const end = 4 + joined.readUInt32BE(0);
      onMessage(JSON.parse(joined.toString('utf8', 4, end)));
      joined = joined.subarray(end);
    }
    parts = [joined];
    bytes = joined.length;
    wanted = bytes >= 4 ? 4 + joined.readUInt32BE(0) : 4;
  });
}
