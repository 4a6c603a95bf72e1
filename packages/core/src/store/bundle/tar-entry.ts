/** A file of an archive. */
export interface TarEntry {
  /** Relative, `/` between parts, none of them empty, `.` or `..`; no other entry of the archive has a name that is the same anywhere. */
  readonly path: string;
  readonly bytes: number;
}
