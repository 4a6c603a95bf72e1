import { basename } from 'node:path';
import { type Diagnostic, type ErrorCode, failed, failure, ok, type Result, shape, TidegateError } from '@tidegate/formats';
import { readFile } from '../../platform/index.ts';
import { firstMistakes } from './mistake.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';
import { decodeYaml } from './yaml-text.ts';

/** A YAML file with its typed value. */
export interface ParsedYaml<T> {
  readonly value: T;
  readonly document: YamlDocument;
}

/** Parses YAML text and checks it by a shape. `file` is the name in messages. @returns the value, or every mistake with its place */
export function parseYaml<T>(file: string, text: string, expected: shape.Shape<T>): Result<T, readonly Diagnostic[]> {
  const parsed = parseYamlDocument(file, text, expected);
  return parsed.ok ? ok(parsed.value.value) : parsed;
}

/** As {@link parseYaml}, with the document: {@link diagnosticAt} finds places in it for mistakes that no shape can see. */
export function parseYamlDocument<T>(file: string, text: string, expected: shape.Shape<T>): Result<ParsedYaml<T>, readonly Diagnostic[]> {
  const { document, diagnostics, others } = readYaml(file, text);
  if (document === null) return failed(firstMistakes(diagnostics, others));
  const checked = checkDocument(document, expected);
  const all = [...diagnostics, ...(checked.ok ? [] : checked.failure)];
  return checked.ok && all.length === 0 ? ok({ value: checked.value, document }) : failed(firstMistakes(all, others));
}

/** Reads a file and parses it. `file` is the name in messages, by default the file's own. @throws TidegateError with every mistake. */
export async function loadYamlFile<T>(path: string, expected: shape.Shape<T>, file = basename(path)): Promise<ParsedYaml<T>> {
  const parsed = parseYamlDocument(file, await readYamlText(path, file), expected);
  if (!parsed.ok) throw errorOf(parsed.failure);
  return parsed.value;
}

/** Text of a YAML file. @throws TG-CONFIG-FILE-MISSING, TG-CONFIG-NOT-TEXT, TG-CONFIG-YAML-LIMIT */
export async function readYamlText(path: string, file: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw failure(
      'TG-CONFIG-FILE-MISSING',
      `Cannot read "${file}": ${error.code ?? error.message}`,
      `Make the file "${file}", or correct its name`,
      error,
    );
  });
  const decoded = decodeYaml(bytes);
  if (decoded.ok) return decoded.value;
  const { code, message, hint } = decoded.failure;
  throw errorOf([{ code, message, hint, place: { file, line: 1, column: 1, length: 1, source: '' } }]);
}

/** A mistake that a shape cannot see, for instance a name that nothing has, at its place in the file. */
export function diagnosticAt(
  document: YamlDocument,
  path: shape.Path,
  mistake: { readonly code: ErrorCode; readonly message: string; readonly hint: string | null; readonly at?: 'value' | 'name' },
): Diagnostic {
  const { code, message, hint, at } = mistake;
  return { code, message, hint, place: document.placeOf(path, at) };
}

/** One error that carries all diagnostics. */
export function errorOf(diagnostics: readonly Diagnostic[]): TidegateError {
  const [first, ...rest] = diagnostics;
  if (first === undefined) throw new Error('Cannot make an error: there is no diagnostic; please report this');
  return new TidegateError([first, ...rest]);
}

function checkDocument<T>(document: YamlDocument, expected: shape.Shape<T>): Result<T, readonly Diagnostic[]> {
  const checked = shape.parse(expected, document.value);
  return checked.ok ? checked : failed(checked.failure.map((problem) => diagnosticOfProblem(document, problem)));
}

/** What a shape found, at its place. */
export function diagnosticOfProblem(document: YamlDocument, { path, at, message, hint }: shape.Problem): Diagnostic {
  const code = at === 'name' ? 'TG-CONFIG-UNKNOWN-NAME' : 'TG-CONFIG-INVALID';
  return diagnosticAt(document, path, { code, message, hint, at });
}
