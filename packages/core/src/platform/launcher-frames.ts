/** A message between the launcher and who uses it: about one command, of one kind. */
export interface Frame {
  readonly kind: number;
  readonly command: number;
  readonly content: Buffer;
}

/**
 * To the launcher: start a command (JSON); stop reading what it prints; open its gate. From it: that it is ready; of a command its process id, what it
 * printed, how it ended, that its pipes are closed, or why it could not be started.
 */
export const frameKinds = {
  start: 1,
  deafen: 2,
  started: 3,
  stdout: 4,
  stderr: 5,
  exit: 6,
  close: 7,
  failed: 8,
  ready: 9,
  open: 10,
} as const;

const headBytes = 9;

/** Kind (1 byte), number of the command (4), length of the content (4), big-endian; then the content. */
export function frameHead({ kind, command, content }: Frame): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(command, 1);
  head.writeUInt32BE(content.length, 5);
  return head;
}

/** Cuts a stream of bytes into frames, however it falls into chunks. */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let rest: Buffer = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    while (rest.length >= headBytes) {
      const end = headBytes + rest.readUInt32BE(5);
      if (rest.length < end) break;
      onFrame({ kind: rest.readUInt8(0), command: rest.readUInt32BE(1), content: rest.subarray(headBytes, end) });
      rest = rest.subarray(end);
    }
    waiting = rest;
  };
}
