/** One thing about a model file that makes it unsafe. */
export interface ScanFinding {
  /** Where in the file: an entry of an archive, a byte. */
  readonly where: string;
  /** What was found there, as the end of a sentence: `imports "os.system"`. */
  readonly what: string;
  /** The name that a pickle imports and that is on no list; a project may declare it as its own. Null for anything else. */
  readonly name: string | null;
}

/** What kind of file its bytes are. */
export type ScannedKind =
  'pickle' | 'onnx' | 'safetensors' | 'numpy' | 'keras' | 'ubjson' | 'torchscript' | 'torch.export' | 'archive' | 'data' | 'unknown';

/** What the scan of one file says: safe where there are no findings. */
export interface FileScan {
  readonly path: string;
  readonly kind: ScannedKind;
  readonly findings: readonly ScanFinding[];
  /** Other files of its folder that it has its tensors in. */
  readonly reads: readonly string[];
}
