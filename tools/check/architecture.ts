import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** One import that the tables of ARCHITECTURE.md do not allow. */
export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly imports: string;
  readonly why: string;
}

export interface Tables {
  /** Package → packages it may import. */
  readonly packages: ReadonlyMap<string, ReadonlySet<string>>;
  /** Folder of core → tier. */
  readonly tiers: ReadonlyMap<string, number>;
}

/** `node:` modules with effects: in core only behind `platform`. */
const effects = new Set(['fs', 'fs/promises', 'child_process', 'net', 'http', 'https', 'os', 'dgram', 'tls', 'worker_threads']);
/** npm packages and where they may be imported. */
const allowed: ReadonlyMap<string, readonly string[]> = new Map([
  ['@aws-sdk/client-s3', ['packages/core/src/platform/s3/']],
  ['@sigstore/bundle', ['packages/runtime/src/model-signature/']],
  ['@sigstore/protobuf-specs', ['packages/runtime/src/model-signature/']],
  ['@sigstore/verify', ['packages/runtime/src/model-signature/']],
  ['yaml', ['packages/core/src/config/']],
  ['pg', ['packages/core/src/data/sources/']],
  ['mysql2', ['packages/core/src/data/sources/']],
  ['@duckdb/node-api', ['packages/runtime/src/']],
  ['onnxruntime-node', ['packages/serving/src/']],
  ['prom-client', ['packages/serving/src/']],
  ['modern-tar', ['packages/core/src/oci/']],
  ['xz-decompress', ['packages/core/src/oci/']],
]);
/** Only tests import these. */
const testOnly = new Set(['fast-check', 'ajv', 'playwright-core']);

/** Reads the two tables out of ARCHITECTURE.md. @throws Error when they are not found */
export function readTables(markdown: string): Tables {
  const packages = new Map<string, ReadonlySet<string>>();
  const tiers = new Map<string, number>();
  for (const line of markdown.split('\n')) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const name = /^`([a-z]+)`$/;
    if (cells.length === 3 && name.test(cells[0] ?? '')) {
      packages.set((cells[0] ?? '').slice(1, -1), new Set([...(cells[2] ?? '').matchAll(/`([a-z]+)`/g)].map((match) => match[1] ?? '')));
    }
    if (cells.length === 3 && /^\d+$/.test(cells[0] ?? '') && name.test(cells[1] ?? ''))
      tiers.set((cells[1] ?? '').slice(1, -1), Number(cells[0]));
  }
  if (packages.size === 0 || tiers.size === 0)
    throw new Error('Cannot read ARCHITECTURE.md: its package table or its tier table is missing');
  return { packages, tiers };
}

/** Walks every import, export-from and dynamic import of the packages, types included. */
export function findBreaches(root: string): readonly Breach[] {
  const tables = readTables(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'));
  return [...unlistedFolders(root, tables), ...sourceFiles(join(root, 'packages')).flatMap((file) => breachesOf(root, file, tables))];
}

function unlistedFolders(root: string, tables: Tables): readonly Breach[] {
  const core = join(root, 'packages/core/src');
  const folders = readdirSync(core, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const packages = readdirSync(join(root, 'packages'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [
    ...folders
      .filter((entry) => !tables.tiers.has(entry.name))
      .map((entry) => ({ file: `packages/core/src/${entry.name}`, line: 0, imports: '', why: 'is missing from the tier table' })),
    ...packages
      .filter((entry) => !tables.packages.has(entry.name))
      .map((entry) => ({ file: `packages/${entry.name}`, line: 0, imports: '', why: 'is missing from the package table' })),
  ];
}

function breachesOf(root: string, path: string, tables: Tables): readonly Breach[] {
  const file = relative(root, path);
  const source = readFileSync(path, 'utf8');
  const breaches: Breach[] = [];
  for (const { specifier, line } of importsOf(source)) {
    const why = judge(file, specifier, { root, path, tables });
    if (why !== null) breaches.push({ file, line, imports: specifier, why });
  }
  return breaches;
}

const importForm =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(source: string): readonly { specifier: string; line: number }[] {
  return [...source.matchAll(importForm)].map((match) => ({
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
    line: source.slice(0, (match.index ?? 0) + match[0].length).split('\n').length,
  }));
}

function judge(file: string, specifier: string, at: { root: string; path: string; tables: Tables }): string | null {
  const [, from = ''] = file.split('/');
  if (specifier.startsWith('node:')) return judgeNode(file, specifier.slice('node:'.length));
  if (specifier.startsWith('.')) return judgeRelative(file, specifier, at);
  if (specifier.startsWith('@tidegate/')) {
    const to = specifier.slice('@tidegate/'.length);
    if (to.includes('/')) return "goes past the package's index";
    return at.tables.packages.get(from)?.has(to) || isTest(file) ? null : `"${from}" may not import "${to}"`;
  }
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? '');
  if (testOnly.has(name)) return isTest(file) ? null : 'is for tests only';
  const places = allowed.get(name);
  if (places === undefined) return 'is an npm package that the list in ARCHITECTURE.md does not allow';
  return places.some((place) => file.startsWith(place)) ? null : `may be imported in ${places.join(', ')} only`;
}

function isTest(file: string): boolean {
  return /\.test\.ts$|\.conformance\.ts$|\/fixtures\/|\/test-/.test(file);
}

function judgeNode(file: string, module: string): string | null {
  if (isTest(file)) return null;
  if (file.startsWith('packages/formats/')) return 'formats runs everywhere, so it imports nothing of node:';
  if (file.startsWith('packages/core/') && effects.has(module) && !file.startsWith('packages/core/src/platform/'))
    return 'effects live behind core/src/platform';
  return null;
}

function judgeRelative(
  file: string,
  specifier: string,
  { root, path, tables }: { root: string; path: string; tables: Tables },
): string | null {
  const target = relative(root, resolve(dirname(path), specifier));
  const [own = '', other = ''] = [file.split('/')[1], target.split('/')[1]];
  if (own !== other)
    return isTest(file) && isRig(target) && tables.packages.get(own)?.has(other) ? null : 'reaches into another package by a relative path';
  if (!file.startsWith('packages/core/src/')) return null;
  const [from = '', to = ''] = [file.split('/')[3], target.split('/')[3]];
  if (!tables.tiers.has(from) || from === to) return null;
  const [fromTier, toTier] = [tables.tiers.get(from) ?? -1, tables.tiers.get(to)];
  if (toTier === undefined) return null;
  if (fromTier <= toTier) return `"${from}" (tier ${fromTier}) may not import "${to}" (tier ${toTier}): arrows point down`;
  const isForTests = isTest(file) && (target.endsWith('.conformance.ts') || isRig(target));
  return target.endsWith(`/${to}/index.ts`) || isForTests ? null : `goes past the index of "${to}"`;
}

/** What tests share. */
function isRig(file: string): boolean {
  return /\/test-[^/]*\.ts$/.test(file);
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/node_modules|\/dist/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
}
