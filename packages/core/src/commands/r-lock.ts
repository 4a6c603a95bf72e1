import { compareCodeUnits, failure, shape } from '@tidegate/formats';

/** A package of a `renv.lock`, and where its source archive may be. */
export interface LockedRPackage {
  readonly name: string;
  readonly version: string;
  /** The archive's address among the present ones of its repository, then among the former ones. */
  readonly addresses: readonly string[];
  /** What the archive's bytes must have; null when the lock does not say. */
  readonly sha256: string | null;
}

const repository = shape.object({ Name: shape.required(shape.text()), URL: shape.required(shape.text()) }, { open: true });
const locked = shape.object(
  {
    Package: shape.required(shape.text({ pattern: /^[A-Za-z][A-Za-z0-9.]*$/, wants: 'the name of a package' })),
    Version: shape.required(shape.text({ pattern: /^[0-9]+([.-][0-9]+)*$/, wants: 'a version' })),
    Source: shape.optional(shape.text()),
    Repository: shape.optional(shape.text()),
    Sha256: shape.optional(shape.text({ pattern: /^[0-9a-f]{64}$/, wants: 'a SHA-256 in hexadecimal digits' })),
  },
  { open: true },
);
const lockFile = shape.object(
  {
    R: shape.required(
      shape.object({ Version: shape.optional(shape.text()), Repositories: shape.optional(shape.list(repository)) }, { open: true }),
    ),
    Packages: shape.required(shape.record(locked)),
  },
  { open: true },
);

/**
 * The packages of a lock that renv has written (https://rstudio.github.io/renv/articles/lockfile.html), by name. Its own `Hash` is over
 * the package's description and not over what is downloaded; a member `Sha256`, which renv leaves alone, is checked.
 *
 * @throws TG-COMMANDS-NOT-LOCKED when the text is no such lock, or a package comes from elsewhere than a repository
 */
export function parseRLock(file: string, text: string): readonly LockedRPackage[] {
  const parsed = shape.parse(lockFile, parseJson(text));
  if (!parsed.ok) throw notALock(file, parsed.failure[0]?.message ?? 'it is no JSON');
  const repositories = new Map((parsed.value.R.Repositories ?? []).map(({ Name, URL }) => [Name, URL.replace(/\/+$/, '')]));
  return Object.values(parsed.value.Packages)
    .map(({ Package: name, Version: version, Source: source = 'Repository', Repository: from = 'CRAN', Sha256: sha256 = null }) => {
      const address = repositories.get(from) ?? [...repositories.values()][0];
      if (source !== 'Repository' || address === undefined) throw notALock(file, `"${name}" comes from "${source}", not from a repository`);
      const archive = `${name}_${version}.tar.gz`;
      return {
        name,
        version,
        sha256,
        addresses: [`${address}/src/contrib/${archive}`, `${address}/src/contrib/Archive/${name}/${archive}`],
      };
    })
    .sort((a, b) => compareCodeUnits(a.name, b.name));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function notALock(file: string, found: string): Error {
  return failure(
    'TG-COMMANDS-NOT-LOCKED',
    `Cannot read "${file}" as a lock of R packages: ${found}`,
    'Write it with renv: Rscript -e "renv::snapshot()"',
  );
}
