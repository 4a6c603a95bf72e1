/**
 * What a YAML file may be at most. A configuration is written by hand and is far below; what is above was made to hurt
 * (Feast CVE-2025-11157 and kin).
 */
export const yamlLimits = {
  /** Bytes of the file. */
  bytes: 4_194_304,
  /** Mappings and lists inside one another, aliases written out. */
  depth: 64,
  /** Values in all, aliases written out. */
  values: 200_000,
  /** Pieces the text falls into: names, values, punctuation, line ends, runs of blanks. */
  pieces: 1_000_000,
  /** Characters of one name. */
  name: 256,
  /** Mistakes reported from one file; the rest is counted. */
  mistakes: 100,
} as const;
