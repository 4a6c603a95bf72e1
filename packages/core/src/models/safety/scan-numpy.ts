import type { ScanFinding } from './scan-finding.ts';
import { type PickleScan, scanPickle } from './scan-pickle.ts';

/** What is unsafe about a NumPy file: an array of objects is a pickle behind the header (numpy/lib/format.py, versions 1 to 3). */
export function scanNumpy(file: Uint8Array, scan: PickleScan): readonly ScanFinding[] {
  const where = `${scan.within ?? ''}header`;
  if (file.length < 12) return [{ where, what: 'is not whole', name: null }];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const isFirst = view.getUint8(6) === 1;
  const from = isFirst ? 10 : 12;
  const until = from + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  if (until > file.length) return [{ where, what: 'runs over the end of the file', name: null }];
  const header = new TextDecoder('latin1').decode(file.subarray(from, until));
  if (!/^\{'descr':\s*[^{}"\\]*'fortran_order':\s*(True|False),\s*'shape':\s*\([\d, ]*\),?\s*\}\s*$/.test(header))
    return [{ where, what: 'is not as NumPy writes it', name: null }];
  const types = typesIn(header);
  if (types === null) return [{ where, what: 'names types otherwise than NumPy writes them', name: null }];
  const isOfObjects = types.some((type) => type.includes('O'));
  return isOfObjects ? scanPickle(file.subarray(until), { ...scan, within: `${scan.within ?? ''}objects, ` }) : [];
}

/**
 * What the `descr` of a header says that items are: one text, or tuples of a name, a text (or such tuples) and perhaps a shape. NumPy takes any spelling of a type there
 * (`object`, `f8,O`, `'|' 'O'`), and writes one.
 *
 * @returns null for any other spelling
 */
function typesIn(header: string): readonly string[] | null {
  const descr = /'descr':\s*(.*?),\s*'fortran_order'/s.exec(header)?.[1]?.trim() ?? '';
  const type = /^'([<>=|]?[a-zA-Z]\d*(?:\[\d*[a-zA-Z]+\])?)'$/;
  const alone = type.exec(descr)?.[1];
  if (alone !== undefined) return [alone];
  if (!descr.startsWith('[')) return null;
  const texts = [...descr.matchAll(/'[^']*'/g)].map(([text]) => text);
  const rest = descr.replace(/'[^']*'/g, 's');
  if (!/^[\s\d()[\],s]*$/.test(rest) || /s\s*s/.test(rest)) return null;
  // every text behind the first of a tuple is a type
  const places = [...descr.matchAll(/(\(\s*)?'[^']*'/g)];
  const types = places.flatMap(([, first], index) => (first === undefined ? [texts[index] ?? ''] : []));
  const read = types.map((text) => type.exec(text)?.[1] ?? null);
  return read.every((one) => one !== null) ? read.filter((one) => one !== null) : null;
}
