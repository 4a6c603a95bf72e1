import { join } from 'node:path';
import { type Diagnostic, failure } from '@tidegate/formats';
import { diagnosticAt, errorOf, parseYamlDocument, type YamlDocument } from '../config/index.ts';
import { readdir, readTextIfThere } from '../platform/index.ts';
import type { FeatureDefinitions, ServiceDefinition, ViewDefinition } from './definitions.ts';
import { type DefinitionsFile, definitionsFile } from './definitions-file.ts';
import { type Entries, type Entry, type ReadSql, type Report, resolveService, resolveView } from './resolve-definitions.ts';

interface ReadFile {
  readonly value: DefinitionsFile;
  readonly document: YamlDocument;
}

/**
 * Reads the feature definitions of a project: every `*.yaml` in the folder, as if they were one file, and the SQL they name.
 *
 * @param root the project's folder; `folder` is relative to it
 * @throws TidegateError with every mistake and its place
 */
export async function readDefinitions(root: string, folder: string): Promise<FeatureDefinitions> {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (entry, at, message, hint) =>
    diagnostics.push(diagnosticAt(entry.document, [...entry.path, ...at], { code: 'TG-FEATURES-DEFINITION', message, hint }));
  const entries = collect(await readFiles(root, folder, diagnostics), report);
  const sql = sqlReader(root, folder, report);
  const views: Record<string, ViewDefinition> = {};
  for (const entry of entries.views.values()) views[entry.name] = await resolveView(entry, { entries, report, sql });
  const services: Record<string, ServiceDefinition> = {};
  const splits: Record<string, FeatureDefinitions['splits'][string]> = {};
  for (const entry of entries.services.values()) {
    services[entry.name] = await resolveService(entry, { views, report, sql });
    splits[entry.name] = entry.value.split?.test ?? { kind: 'last-share', share: 0.2 };
  }
  if (diagnostics.length > 0) throw errorOf(diagnostics);
  return { folder, views, services, splits };
}

async function readFiles(root: string, folder: string, diagnostics: Diagnostic[]): Promise<readonly ReadFile[]> {
  const found = await readdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
    throw failure(
      'TG-FEATURES-DEFINITION',
      `Cannot read the feature definitions "${folder}": ${error.code ?? error.message}`,
      `Make the folder "${folder}", or correct "features.definitions" in tidegate.yaml`,
      error,
    );
  });
  const files: ReadFile[] = [];
  for (const name of found.filter((candidate) => /\.ya?ml$/.test(candidate)).sort()) {
    const text = (await readTextIfThere(join(root, folder, name))) ?? '';
    const parsed = parseYamlDocument(`${folder.replace(/\/$/, '')}/${name}`, text, definitionsFile);
    if (parsed.ok) files.push(parsed.value);
    else diagnostics.push(...parsed.failure);
  }
  return files;
}

/** Puts the entries of all files together; a name stands once. */
function collect(files: readonly ReadFile[], report: Report): Entries {
  const gather = <T>(
    section: 'entities' | 'views' | 'services',
    of: (file: DefinitionsFile) => { readonly [name: string]: T } | undefined,
  ): ReadonlyMap<string, Entry<T>> => {
    const map = new Map<string, Entry<T>>();
    for (const { value: file, document } of files) {
      for (const [name, value] of Object.entries(of(file) ?? {})) {
        const entry = { name, value, document, path: [section, name] };
        const other = map.get(name);
        if (other === undefined) map.set(name, entry);
        else
          report(
            entry,
            [],
            `Cannot define "${name}" again: it stands in "${other.document.file}" already`,
            'Remove one of the two, or give it another name',
          );
      }
    }
    return map;
  };
  return {
    entities: gather('entities', (file) => file.entities),
    views: gather('views', (file) => file.views),
    services: gather('services', (file) => file.services),
  };
}

/** Reads the SQL files that definitions name. */
function sqlReader(root: string, folder: string, report: Report): ReadSql {
  return async (entry, { at, what, name }) => {
    const file = `${folder.replace(/\/$/, '')}/${name}`;
    const inside = !name.split('/').includes('..');
    const sql = inside ? await readTextIfThere(join(root, file)) : null;
    if (sql === null) {
      const why = inside ? 'there is no such file' : 'it is outside of the definitions';
      report(entry, [at], `Cannot read "${file}": ${why}`, `Write the SELECT of ${what} into a file below "${folder}"`);
    }
    return { sql: sql ?? '', what, file };
  };
}
