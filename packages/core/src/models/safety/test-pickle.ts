/** Writes opcodes: texts as bytes, numbers as one byte each. */
export function opcodes(...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
}

/** `module.name` called with one text, as protocol 0 writes it: GLOBAL, MARK, UNICODE, TUPLE, REDUCE, STOP. */
export function calling(module: string, name: string, argument = 'id'): Uint8Array {
  return opcodes(`c${module}\n${name}\n`, `(V${argument}\ntR.`);
}
