/** Heads of messages: https://www.postgresql.org/docs/15/protocol-message-formats.html. A letter, then the length of the rest in four bytes. */
const headBytes = 5;
const data = 'd'.charCodeAt(0);
/** What may come between the rows, and says nothing of them: CopyOutResponse, notices, parameters, notifications. */
const others = new Set([...'HNSA'].map((letter) => letter.charCodeAt(0)));
/** What a head becomes: a first field of the line, which nobody reads. */
export const lineStart = '0000\t';
const field = Buffer.from(lineStart);
const newLine = 10;

/** What a piece of the stream holds. */
export interface CopiedPiece {
  /** Text of rows. Each line begins with {@link lineStart}. */
  readonly texts: readonly Buffer[];
  /** Bytes behind the rows, which are an answer of another kind; null = rows may follow. */
  readonly rest: Buffer | null;
}

/**
 * Takes the rows of a COPY out of the messages that bring them, one message a row. The head of a message is written over by a field, so that nothing is copied and each
 * row is looked at once. Pieces may end anywhere.
 *
 * @returns takes the next piece, whose bytes it changes
 */
export function copyMessages(): (piece: Buffer) => CopiedPiece {
  let head: Buffer = Buffer.alloc(0); // a part of one
  let left = 0; // of the message under way
  let isData = false;
  let isLineStart = true;
  return (received) => {
    const piece = head.length === 0 ? received : Buffer.concat([head, received]);
    head = Buffer.alloc(0);
    const texts: Buffer[] = [];
    let [given, at] = [0, 0];
    const giveUpTo = (end: number): void => {
      if (end > given) texts.push(piece.subarray(given, end));
    };
    for (;;) {
      const step = Math.min(left, piece.length - at);
      at += step;
      left -= step;
      if (isData && step > 0) isLineStart = piece[at - 1] === newLine;
      if (!isData) given = at;
      if (left > 0) break;
      if (piece.length - at < headBytes) {
        head = piece.subarray(at);
        break;
      }
      const letter = piece[at] ?? 0;
      isData = letter === data;
      if (!isData && !others.has(letter)) {
        giveUpTo(at);
        return { texts, rest: piece.subarray(at) };
      }
      left = piece.readUInt32BE(at + 1) - 4;
      if (isData && isLineStart) field.copy(piece, at);
      else {
        giveUpTo(at);
        given = at + headBytes;
      }
      at += headBytes;
    }
    giveUpTo(at);
    return { texts, rest: null };
  };
}
