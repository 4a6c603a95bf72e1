import { dirname, extname, join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';
import { hdf5, isNumpy, scanArchive } from './scan-archive.ts';
import type { FileScan, ScanFinding, ScannedKind } from './scan-finding.ts';
import { scanNumpy } from './scan-numpy.ts';
import { scanOnnx } from './scan-onnx.ts';
import { makesObjects, scanPickle } from './scan-pickle.ts';
import { scanSafetensors } from './scan-safetensors.ts';
import { isUbjson, scanUbjson } from './scan-ubjson.ts';

/** Raised when the same file would be judged otherwise, so that models which were let through are looked at again. */
export const scanRules = 2;

export interface FileToScan {
  /** Relative to the model's folder, with its extension. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ScanOptions {
  /** Names with their modules that pickles of the project may use besides those on the list: `shop.model.Blend`. Default none. */
  readonly own?: readonly string[];
  /** The other files of the model's folder. Default none. */
  readonly besides?: readonly string[];
}

/**
 * Looks through one file of a model without loading anything of it. By its content, not by its name: where the two differ it is unsafe, and so is
 * what is of no known kind. Loaders differ in how they find out what they read.
 */
export function scanFile({ path, bytes }: FileToScan, { own = [], besides = [] }: ScanOptions = {}): FileScan {
  const extension = extname(path).toLowerCase();
  const { kind, findings, reads = [] } = contentScan(bytes, { extension, own, besides: besidesOf(path, besides) });
  const wanted = kindsOf[extension];
  const isOther = kind !== 'unknown' && wanted !== undefined && !wanted.includes(kind);
  const mismatch = {
    where: 'file',
    what: `is a file of kind "${kind}" by its content, and not what the extension "${extension}" says`,
    name: null,
  };
  return { path, kind, findings: isOther ? [mismatch, ...findings] : findings, reads };
}

/** Files of the model's folder as a file in it names them: what lies above its own folder it does not reach. */
function besidesOf(path: string, besides: readonly string[]): ReadonlySet<string> {
  const folder = dirname(path);
  if (folder === '.') return new Set(besides);
  return new Set(besides.flatMap((one) => (one.startsWith(`${folder}/`) ? [one.slice(folder.length + 1)] : [])));
}

const kindsOf: Readonly<Record<string, readonly ScannedKind[]>> = {
  '.onnx': ['onnx'],
  '.pkl': ['pickle'],
  '.pickle': ['pickle'],
  '.joblib': ['pickle'],
  '.pt': ['pickle', 'torchscript', 'torch.export'],
  '.pt2': ['torch.export'],
  '.ubj': ['ubjson'],
  '.pth': ['pickle', 'torchscript'],
  '.ckpt': ['pickle'],
  '.safetensors': ['safetensors'],
  '.npy': ['numpy'],
  '.npz': ['numpy'],
  '.keras': ['keras'],
};

interface Content {
  readonly extension: string;
  readonly own: readonly string[];
  readonly besides: ReadonlySet<string>;
}

type Scanned = Pick<FileScan, 'kind' | 'findings'> & Partial<Pick<FileScan, 'reads'>>;

function contentScan(bytes: Uint8Array, content: Content): Scanned {
  const { own, extension } = content;
  const begins = (...first: readonly number[]): boolean => first.every((byte, index) => bytes[index] === byte);
  if (begins(0x50, 0x4b)) return scanArchive(bytes, own);
  if (isNumpy(bytes)) return { kind: 'numpy', findings: scanNumpy(bytes, { own }) };
  if (begins(0x89, 0x48, 0x44, 0x46)) return unknown(hdf5);
  if (begins(0x80) && (bytes[1] ?? 9) <= 5 && extension !== '.onnx') return { kind: 'pickle', findings: scanPickle(bytes, { own }) };
  if (isPickleName(extension)) return packedPickle(bytes, own);
  if (extension === '.safetensors') return { kind: 'safetensors', findings: scanSafetensors(bytes) };
  if (isSafetensors(bytes)) return unknown('begins as safetensors and has another extension: what loads it may read it as something else');
  if (extension === '.onnx') return { kind: 'onnx', ...scanOnnx(bytes, content.besides) };
  if (extension === '.ubj' || isUbjson(bytes)) return { kind: 'ubjson', findings: scanUbjson(bytes) };
  if (extension === '.py') return unknown('is code');
  return isText(bytes) ? textScan(bytes, content) : unknown(noKind);
}

/** Protocol 0 of pickle is text, and loaders look at no extension; a tag of YAML may make any object of Python. */
function textScan(bytes: Uint8Array, { own, extension }: Content): Scanned {
  if (makesObjects(bytes)) return { kind: 'pickle', findings: scanPickle(bytes, { own }) };
  const isYaml = extension === '.yaml' || extension === '.yml' || extension === '';
  const hasTags = isYaml && new TextDecoder().decode(bytes).includes('!!python/');
  return hasTags ? unknown('has tags of YAML that make objects of Python') : { kind: 'data', findings: [] };
}

const noKind = 'is of no kind that is known';

function unknown(what: string): Scanned {
  return { kind: 'unknown', findings: [{ where: 'file', what, name: null }] };
}

function isPickleName(extension: string): boolean {
  return kindsOf[extension]?.includes('pickle') === true;
}

/** More than this a model in one packed pickle does not have. */
const mostUnpacked = 2 * 2 ** 30;

/** joblib packs a pickle by its extension or on request: zlib and gzip are looked into. */
function packedPickle(bytes: Uint8Array, own: readonly string[]): Scanned {
  const [first, second] = bytes;
  const unpack = first === 0x1f && second === 0x8b ? gunzipSync : first === 0x78 ? inflateSync : null;
  if (unpack === null) {
    const packed = packings.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
    if (packed !== undefined) return unknown(`is packed by ${packed.name}, which is not looked into; write it without, or packed by zlib`);
    return { kind: 'pickle', findings: scanPickle(bytes, { own }) };
  }
  try {
    return { kind: 'pickle', findings: scanPickle(unpack(bytes, { maxOutputLength: mostUnpacked }), { own, within: 'unpacked, ' }) };
  } catch {
    return unknown('cannot be unpacked');
  }
}

const packings = [
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58] },
  { name: 'lzma', magic: [0x5d, 0x00, 0x00] },
  { name: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18] },
];

/** Eight bytes of length, then a JSON object. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 9 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Looks through every file of a model's folder. */
export function scanFiles(files: readonly FileToScan[], own: readonly string[] = []): readonly FileScan[] {
  const scans = files.map((file) => scanFile(file, { own, besides: files.map(({ path }) => path) }));
  const tensors = new Set(scans.flatMap(({ path, reads }) => reads.map((read) => join(dirname(path), read))));
  return scans.map((scan) => (tensors.has(scan.path) && isOnlyUnknown(scan) ? { ...scan, kind: 'data', findings: [] } : scan));
}

/** The values of tensors are bytes of no form; where they look like something else they are judged as that. */
function isOnlyUnknown({ kind, findings }: FileScan): boolean {
  return kind === 'unknown' && findings.every(({ what }) => what === noKind);
}

/** Everything that is unsafe about scanned files, each with its file. */
export function findingsIn(scans: readonly FileScan[]): readonly (ScanFinding & { readonly path: string })[] {
  return scans.flatMap(({ path, findings }) => findings.map((finding) => ({ path, ...finding })));
}
