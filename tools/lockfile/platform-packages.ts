/** One entry of `packages` in a `package-lock.json` of version 3, as far as it is read here. */
export interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/** A `package-lock.json` of version 3. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors: Readonly<Record<string, string>> = {
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
};

/**
 * The packages for other systems that a lock leaves out. npm writes an entry only for an optional dependency whose metadata the registry
 * answered, and `npm ci` on another registry then refuses the lock with `Missing: NAME from lock file`; so every one is listed, with no
 * integrity where the registry did not know it. Throws for a name that does not say which system it is for.
 */
export function missingPlatformPackages(lock: Lockfile): Readonly<Record<string, LockEntry>> {
  const missing: Record<string, LockEntry> = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`;
      if (lock.packages[nested] === undefined && lock.packages[`node_modules/${name}`] === undefined) {
        missing[`node_modules/${name}`] = platformEntry(name, version);
      }
    }
  }
  return missing;
}

function platformEntry(name: string, version: string): LockEntry {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const system = words.find((word) => systems.includes(word));
  const processor = words.map((word) => processors[word]).find((known) => known !== undefined);
  if (system === undefined || processor === undefined) throw new Error(`No system is named in the optional package "${name}"`);
  const musl = words.some((word) => word.startsWith('musl'));
  const gnu = words.some((word) => word.startsWith('gnu'));
  return {
    version,
    cpu: [processor],
    ...(musl ? { libc: ['musl'] } : gnu ? { libc: ['glibc'] } : {}),
    optional: true,
    os: [system],
  };
}
