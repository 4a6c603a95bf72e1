import { tomlValue } from './toml-value.ts';

/** Packages of a lock by name, with the version each is locked to; null when the text is no lock that is known. */
export function packagesIn(path: string, text: string): ReadonlyMap<string, string> | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'uv.lock' || name === 'poetry.lock' || name === 'pdm.lock') return packagesOfToml(text);
  if (name === 'renv.lock') return packagesOfRenv(text);
  if (!name.endsWith('.txt') && !name.endsWith('.in')) return null;
  const packages = packagesOfRequirements(text);
  const isNamedSo = /requirement|constraint/i.test(name);
  return packages !== null && (isNamedSo || [...packages.values()].some((version) => version !== 'any')) ? packages : null;
}

/** A line of a requirements file (pip, "Requirements File Format"): a name, extras, and what the version must be. */
const requirement = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(===?\s*[^\s;,]+|[<>~!=@][^;]*)?\s*(?:;|--hash|$)/;

function packagesOfRequirements(text: string): ReadonlyMap<string, string> | null {
  const packages = new Map<string, string>();
  for (const line of logicalLines(text)) {
    if (line.startsWith('-')) continue;
    const [, name, version] = requirement.exec(line) ?? [];
    if (name === undefined) return null; // a text that only ends like a requirements file
    packages.set(normalised(name), (version ?? 'any').replace(/^===?\s*/, '').trim());
  }
  return packages.size === 0 ? null : packages;
}

/** Lines without comments, those that go on joined. */
function logicalLines(text: string): readonly string[] {
  return text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** PEP 503 */
function normalised(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function packagesOfToml(text: string): ReadonlyMap<string, string> | null {
  const found = members(tomlValue(text))?.['package'];
  if (!Array.isArray(found)) return null;
  return new Map(found.flatMap((item: unknown) => versionOf(members(item), 'name', 'version')));
}

function packagesOfRenv(text: string): ReadonlyMap<string, string> | null {
  const found = members(members(parsed(text))?.['Packages']);
  return found === null ? null : new Map(Object.values(found).flatMap((item) => versionOf(members(item), 'Package', 'Version')));
}

function versionOf(item: Members | null, name: string, version: string): readonly (readonly [string, string])[] {
  const [called, at] = [item?.[name], item?.[version]];
  return typeof called === 'string' && typeof at === 'string' ? [[called, at]] : [];
}

type Members = { readonly [name: string]: unknown };

function members(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
