/** @returns whether a sign has occurred so far in bytes that come in pieces, also where it lies across two of them */
export function signFinder(sign: string): (piece: Uint8Array) => boolean {
  const bytes = Buffer.from(sign);
  const most = bytes.length - 1;
  let tail: Uint8Array = new Uint8Array();
  let isFound = false;
  return (piece) => {
    if (isFound) return true;
    const joint = Buffer.concat([tail, piece.subarray(0, most)]);
    isFound = joint.includes(bytes) || Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).includes(bytes);
    tail = Buffer.concat([tail, piece.subarray(-most)]).subarray(-most);
    return isFound;
  };
}
