import { type ReadZip, readZip, ZipContentFault, type ZipEntry } from './read-zip.ts';
import type { FileScan, ScanFinding } from './scan-finding.ts';
import { scanKerasConfig } from './scan-keras.ts';
import { scanNumpy } from './scan-numpy.ts';
import { scanPickle } from './scan-pickle.ts';

/** What is unsafe about a ZIP archive: of PyTorch, of NumPy, of Keras; one of anything else is not known. */
export function scanArchive(file: Uint8Array, own: readonly string[]): Pick<FileScan, 'kind' | 'findings'> {
  const zip = readZip(file);
  const faults = zip.faults.map((fault): ScanFinding => ({ ...fault, name: null }));
  const names = zip.entries.map(({ name }) => name);
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return { kind: 'pickle', findings: [...faults, ...torchFindings(zip, own)] };
  if (names.includes('config.json') && names.some((name) => name.endsWith('.h5')))
    return { kind: 'keras', findings: [...faults, ...kerasFindings(zip)] };
  const isNumpy = names.length > 0 && names.every((name) => name.endsWith('.npy'));
  if (isNumpy) return { kind: 'numpy', findings: [...faults, ...zip.entries.flatMap((entry) => numpyFindings(entry, own))] };
  const strange = { where: 'archive', what: 'is of no kind that is known: neither PyTorch nor NumPy nor Keras wrote it', name: null };
  return { kind: 'archive', findings: [...faults, strange] };
}

/** `torch.save`: one pickle, whose tensors refer to entries under `data/`; TorchScript has code beside them. */
function torchFindings({ entries }: ReadZip, own: readonly string[]): readonly ScanFinding[] {
  const storage = /(^|\/)(data\/\d+|version|byteorder|\.format_version|\.storage_alignment|\.data\/serialization_id)$/;
  return entries.flatMap((entry) => {
    const where = `entry "${entry.name}"`;
    return contentOr(entry, (content) => {
      if (/(^|\/)data\.pkl$/.test(entry.name)) return scanPickle(content, { within: `${where}, `, own, hasStorages: true });
      if (storage.test(entry.name)) return [];
      return [{ where, what: isCode(entry.name) ? 'is code of TorchScript' : 'is nothing that "torch.save" writes', name: null }];
    });
  });
}

function isCode(name: string): boolean {
  return /(^|\/)(code\/|constants\.pkl$)/.test(name);
}

function kerasFindings({ entries }: ReadZip): readonly ScanFinding[] {
  return entries.flatMap((entry) => {
    const where = `entry "${entry.name}"`;
    return contentOr(entry, (content) => {
      if (entry.name === 'config.json') return scanKerasConfig(new TextDecoder().decode(content), where);
      if (entry.name === 'metadata.json') return [];
      if (entry.name.endsWith('.h5')) return [{ where, what: hdf5, name: null }];
      return [{ where, what: 'is nothing that Keras writes without being asked to', name: null }];
    });
  });
}

/** Why no HDF5 file is safe. */
export const hdf5 = 'is HDF5, which may refer to other files of the machine and is not looked through; export the model as ONNX';

function numpyFindings(entry: ZipEntry, own: readonly string[]): readonly ScanFinding[] {
  const within = `entry "${entry.name}", `;
  return contentOr(entry, (content) =>
    isNumpy(content) ? scanNumpy(content, { own, within }) : [{ where: `entry "${entry.name}"`, what: 'is no array of NumPy', name: null }],
  );
}

/** Whether bytes begin as a NumPy file. */
export function isNumpy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && new TextDecoder('latin1').decode(bytes.subarray(1, 6)) === 'NUMPY';
}

function contentOr(entry: ZipEntry, scan: (content: Uint8Array) => readonly ScanFinding[]): readonly ScanFinding[] {
  try {
    return scan(entry.content());
  } catch (error) {
    if (!(error instanceof ZipContentFault)) throw error;
    return [{ where: `entry "${entry.name}"`, what: error.message, name: null }];
  }
}
