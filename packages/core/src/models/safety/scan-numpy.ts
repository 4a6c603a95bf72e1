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
  if (!/^\{'descr':[^{}]*'fortran_order':\s*(True|False),\s*'shape':\s*\([\d, ]*\),?\s*\}\s*$/.test(header))
    return [{ where, what: 'is not as NumPy writes it', name: null }];
  const isOfObjects = /'[|<>=]?O\d*'/.test(header);
  return isOfObjects ? scanPickle(file.subarray(until), { ...scan, within: `${scan.within ?? ''}objects, ` }) : [];
}
