/** Thrown where bytes are no pickle, or not a whole one. */
export class MalformedPickle extends Error {
  /** Byte of the pickle at which reading it ended. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Reads the arguments of opcodes, one after the other. Every call throws {@link MalformedPickle} where the bytes end too early. */
export interface PickleReader {
  readonly at: () => number;
  readonly seek: (place: number) => void;
  readonly skip: (length: number) => void;
  readonly byte: () => number;
  readonly unsigned16: () => number;
  readonly unsigned32: () => number;
  readonly signed32: () => number;
  readonly unsigned64: () => number;
  readonly float64: () => number;
  /** Up to the next line break, which is read and not given. */
  readonly line: () => string;
  readonly text: (length: number) => string;
}

/** Longer texts are kept up to here: nothing looks into them, and names are shorter. */
const longestText = 4096;

export function pickleReader(bytes: Uint8Array, start: number): PickleReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  let place = start;
  /** Moves on and says where the passage began. */
  const take = (length: number): number => {
    if (!(length >= 0) || place + length > bytes.length) throw new MalformedPickle('it ends in the middle of a value', place);
    place += length;
    return place - length;
  };
  return {
    at: () => place,
    seek: (to) => {
      if (to < 0 || to > bytes.length) throw new MalformedPickle('it ends in the middle of a value', place);
      place = to;
    },
    skip: (length) => void take(length),
    byte: () => view.getUint8(take(1)),
    unsigned16: () => view.getUint16(take(2), true),
    unsigned32: () => view.getUint32(take(4), true),
    signed32: () => view.getInt32(take(4), true),
    unsigned64: () => Number(view.getBigUint64(take(8), true)),
    float64: () => view.getFloat64(take(8), false),
    line: () => {
      const end = bytes.indexOf(0x0a, place);
      if (end < 0) throw new MalformedPickle('it ends in the middle of a line', place);
      const from = take(end - place + 1);
      return utf8.decode(bytes.subarray(from, Math.min(end, from + longestText)));
    },
    text: (length) => {
      const from = take(length);
      return utf8.decode(bytes.subarray(from, from + Math.min(length, longestText)));
    },
  };
}
