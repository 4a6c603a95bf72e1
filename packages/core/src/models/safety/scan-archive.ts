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
  if (names.some((name) => /^[^/]+\/archive_format$/.test(name)))
    return { kind: 'torch.export', findings: [...faults, ...exportFindings(zip, own)] };
  if (names.some((name) => /(^|\/)constants\.pkl$/.test(name)))
    return { kind: 'torchscript', findings: [...faults, ...scriptFindings(zip, own)] };
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return { kind: 'pickle', findings: [...faults, ...torchFindings(zip, own)] };
  if (names.includes('config.json') && names.some((name) => name.endsWith('.h5')))
    return { kind: 'keras', findings: [...faults, ...kerasFindings(zip)] };
  const isNumpy = names.length > 0 && names.every((name) => name.endsWith('.npy'));
  if (isNumpy) return { kind: 'numpy', findings: [...faults, ...zip.entries.flatMap((entry) => numpyFindings(entry, own))] };
  const strange = { where: 'archive', what: 'is of no kind that is known: neither PyTorch nor NumPy nor Keras wrote it', name: null };
  return { kind: 'archive', findings: [...faults, strange] };
}

/** `torch.save`: one pickle, whose tensors refer to entries under `data/`. */
function torchFindings({ entries }: ReadZip, own: readonly string[]): readonly ScanFinding[] {
  const storage = /(^|\/)(data\/\d+|version|byteorder|\.format_version|\.storage_alignment|\.data\/serialization_id)$/;
  return entries.flatMap((entry) => {
    const where = `entry "${entry.name}"`;
    return contentOr(entry, (content) => {
      if (/(^|\/)data\.pkl$/.test(entry.name)) return scanPickle(content, { within: `${where}, `, own, hasStorages: true });
      if (storage.test(entry.name)) return [];
      const isCode = /(^|\/)code\//.test(entry.name);
      return [{ where, what: isCode ? 'is code of TorchScript' : 'is nothing that "torch.save" writes', name: null }];
    });
  });
}

/** Under which name TorchScript is let through: its program can read and write files, so that only a sandbox is a place for it. */
const torchscript = 'torchscript';
/** As {@link torchscript}: loading works out the expressions that stand in it, by a function that runs them. */
const torchExport = 'torch.export';

function programFinding(name: string, own: readonly string[]): readonly ScanFinding[] {
  return own.includes(name) ? [] : [{ where: 'archive', what: `is a program of PyTorch (${name})`, name }];
}

/** `torch.jit.save`: pickles, for which classes of the program itself have names below `__torch__`, and code, which only its own interpreter reads. */
function scriptFindings({ entries }: ReadZip, own: readonly string[]): readonly ScanFinding[] {
  const data = /^[^/]+\/((data|constants)\/\d+|version|byteorder|\.data\/serialization_id|code\/.*\.(py|debug_pkl))$/;
  const found = entries.flatMap((entry) => {
    const where = `entry "${entry.name}"`;
    return contentOr(entry, (content) => {
      if (!/^[^/]+\/(data|constants)\.pkl$/.test(entry.name))
        return data.test(entry.name) ? [] : [{ where, what: 'is nothing that "torch.jit.save" writes', name: null }];
      return scanPickle(content, { within: `${where}, `, own, hasStorages: true }).filter(({ name }) => name === null || !isOfScript(name));
    });
  });
  return [...programFinding(torchscript, own), ...found];
}

/** A class of the program itself, or how its lists are written; Python has no such module, and functions of `torch.jit._pickle` only hand on what they get. */
function isOfScript(name: string): boolean {
  return /^__torch__(\.\w+)+$/.test(name) || /^torch\.jit\._pickle\.(build_(int|double|bool|tensor)list|restore_type_tag)$/.test(name);
}

/** `torch.export.save`: a program in JSON, tensors, and the inputs that it was traced with as an archive of `torch.save` within the archive. */
function exportFindings({ entries }: ReadZip, own: readonly string[]): readonly ScanFinding[] {
  const data =
    /^[^/]+\/(archive_(format|version)|byteorder|\.data\/(version|serialization_id)|models\/\w+\.json|data\/(weights|constants)\/\w+(\.json)?)$/;
  const found = entries.flatMap((entry) => {
    const where = `entry "${entry.name}"`;
    return contentOr(entry, (content) => {
      if (!/^[^/]+\/data\/sample_inputs\/\w+\.pt$/.test(entry.name))
        return data.test(entry.name) ? [] : [{ where, what: 'is nothing that "torch.export.save" writes', name: null }];
      const within = scanArchive(content, own);
      const isTensors = within.kind === 'pickle' || within.findings.length > 0;
      const inner = within.findings.map((finding) => ({ ...finding, where: `${where}, ${finding.where}` }));
      return isTensors ? inner : [{ where, what: 'is no archive of "torch.save"', name: null }];
    });
  });
  return [...programFinding(torchExport, own), ...found];
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
