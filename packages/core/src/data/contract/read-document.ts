import { type Diagnostic, type Json, shape } from '@tidegate/formats';
import { diagnosticAt, diagnosticOfProblem, firstMistakes, parseYamlDocument, type YamlDocument } from '../../config/index.ts';
import { contractShape, dimensionSynonyms } from './contract-shape.ts';
import { repeatedNames } from './repeated-names.ts';
import { standardMistakes, type StandardVersion, standardVersions } from './standard/standard-mistakes.ts';

/** A whole ODCS document: everything it says, and where. */
export interface ContractDocument {
  readonly document: YamlDocument;
  readonly value: shape.TypeOf<typeof contractShape>;
}

/** One mistake, and the path that it is about. */
export interface Located {
  readonly path: shape.Path;
  readonly diagnostic: Diagnostic;
}

/** A document as far as it can be read. */
export interface ReadDocument {
  /** Null when nothing of it can be used. */
  readonly contract: ContractDocument | null;
  /** Everything that the standard or Tidegate has against it. */
  readonly mistakes: readonly Located[];
  /** Whether an object under `schema:` is written well enough to be looked at closer. */
  readonly isSound: (index: number) => boolean;
  /** What the words of the standard allow and its schema does not, so that other tools may refuse it. */
  readonly doubtful: readonly shape.Problem[];
}

/** Reads an ODCS document: YAML or JSON, held against the official schema of its version. Never throws for what it says. */
export function readDocument({ file, text }: { readonly file: string; readonly text: string }): ReadDocument {
  const parsed = parseYamlDocument(file, text, shape.anything());
  if (!parsed.ok) return unread(parsed.failure);
  const { document, value } = parsed.value;
  const version = versionOf(value);
  if (version === null) return unread([noSuchVersion(document)]);
  const found = standardMistakes(version, value);
  const doubtful = found.filter(({ path }) => isAllowedInWords(path, valueAt(value, path)));
  const problems = found.filter((problem) => !doubtful.includes(problem));
  const own: shape.Problem[] = [];
  const typed = contractShape.check(value, [], own);
  const known = new Set(problems.map(({ path }) => JSON.stringify(path)));
  const mistakes = [...problems, ...own.filter(({ path }) => !known.has(JSON.stringify(path)))].map((problem) => ({
    path: problem.path,
    diagnostic: diagnosticOfProblem(document, problem),
  }));
  const repeated = (typed === undefined ? [] : repeatedNames(typed)).map(({ path, message, hint }) => ({
    path,
    diagnostic: diagnosticAt(document, path, { code: 'TG-DATA-CONTRACT-VALUE', message, hint }),
  }));
  const unsound = new Set(own.flatMap(({ path: [section, index] }) => (section === 'schema' ? [index] : [])));
  return {
    contract: typed === undefined ? null : { document, value: typed },
    mistakes: [...mistakes, ...repeated],
    isSound: (index) => !unsound.has(undefined) && !unsound.has(index),
    doubtful,
  };
}

function unread(mistakes: readonly Diagnostic[]): ReadDocument {
  return { contract: null, mistakes: mistakes.map((diagnostic) => ({ path: [], diagnostic })), isSound: () => false, doubtful: [] };
}

/**
 * Mistakes of the document and of what it promises, each once, in the order of the file: of a rule and of options of a type Tidegate's own words say more than the
 * schema.
 */
export function allMistakes(document: readonly Located[], promises: readonly Located[]): readonly Diagnostic[] {
  const told = new Set(promises.map(({ path }) => JSON.stringify(partOf(path))));
  const others = document.filter(({ path }) => partOf(path) === null || !told.has(JSON.stringify(partOf(path))));
  return firstMistakes(
    [...others, ...promises].map(({ diagnostic }) => diagnostic),
    0,
  );
}

/** The rule or the options of a type that a path leads into. */
function partOf(path: shape.Path): shape.Path | null {
  const options = path.indexOf('logicalTypeOptions');
  const rule = path.lastIndexOf('quality');
  if (options > rule) return path.slice(0, options + 1);
  return rule < 0 ? null : path.slice(0, rule + 2);
}

/** The version that a document says it is written for; the newest when it is no mapping or says none, which the schema then tells. */
function versionOf(value: Json): StandardVersion | null {
  const said = valueAt(value, ['apiVersion']);
  if (typeof said !== 'string' || !/^v?\d/.test(said)) return 'v3.1.0';
  return standardVersions.find((version) => version === said) ?? null;
}

function noSuchVersion(document: YamlDocument): Diagnostic {
  return diagnosticAt(document, ['apiVersion'], {
    code: 'TG-CONFIG-INVALID',
    message: `Cannot read the data contract: Tidegate reads ${standardVersions.join(', ')} of the standard`,
    hint: `Write it for v3.1.0, then "apiVersion: v3.1.0"`,
  });
}

function valueAt(value: Json, path: shape.Path): Json | undefined {
  let found: unknown = value;
  for (const part of path)
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, part)
        ? (found as { readonly [part: string]: unknown })[part]
        : undefined;
  return found as Json | undefined;
}

/** Short dimensions, shorthand for nested properties and for those of other documents: the pages of the standard describe them. */
function isAllowedInWords(path: shape.Path, value: Json | undefined): boolean {
  if (typeof value !== 'string') return false;
  if (path.at(-1) === 'dimension') return dimensionSynonyms.some((short) => short === value);
  const isReference = path.includes('relationships') && (path.includes('to') || path.includes('from'));
  return isReference && /^([^\s#]+\.ya?ml#)?[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(value);
}
