import { Composer, type CST, Lexer, LineCounter, type ParsedNode, Parser, type YAMLError } from 'yaml';
import type { Mistake } from './mistake.ts';
import { yamlLimits } from './yaml-limits.ts';
import { mistakesOfTokens } from './yaml-tokens.ts';

export interface YamlNodes {
  /** Null for an empty file, or when a mistake keeps the rest from meaning anything. */
  readonly root: ParsedNode | null;
  readonly lines: LineCounter;
  readonly mistakes: readonly Mistake[];
}

/** Parses text to nodes with offsets (YAML 1.2, core schema). */
export function yamlNodes(text: string): YamlNodes {
  const lines = new LineCounter();
  const pieces = piecesOf(text);
  if (pieces === null) return { root: null, lines, mistakes: [tooMany] };
  const tokens = tokensOf(pieces, lines);
  const refused = mistakesOfTokens(tokens);
  if (refused.length > 0) return { root: null, lines, mistakes: refused };
  // uniqueKeys: our own check is linear, the library's compares every name with every other one
  const composer = new Composer({ uniqueKeys: false, logLevel: 'silent', prettyErrors: false, version: '1.2', schema: 'core' });
  const [document] = withoutStacks(() => [...composer.compose(tokens, true, text.length)]);
  const mistakes = (document?.errors ?? []).map(mistakeOfError);
  return { root: mistakes.length === 0 ? (document?.contents ?? null) : null, lines, mistakes };
}

/** Does something that may make a million errors of which nobody reads the stack: taking it costs more than all the rest. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const tooMany: Mistake = {
  code: 'TG-CONFIG-YAML-LIMIT',
  message: `Cannot read the file: it has more than ${yamlLimits.pieces} names, values and signs`,
  hint: 'Move data out of the file',
  from: 0,
  to: 1,
};

/** Cutting into pieces is cheap; parsing them costs up to 10 microseconds each. @returns null when there are too many */
function piecesOf(text: string): readonly string[] | null {
  const pieces: string[] = [];
  for (const piece of new Lexer().lex(text)) if (pieces.push(piece) > yamlLimits.pieces) return null;
  return pieces;
}

function tokensOf(pieces: readonly string[], lines: LineCounter): readonly CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const piece of pieces) for (const token of parser.next(piece)) tokens.push(token);
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

const hints: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'Indent with spaces',
  BAD_INDENT: 'Give all names of one mapping the same indentation, and close every "{", "[" and quote',
  BAD_SCALAR_START: 'Write the value in double quotes',
  BLOCK_AS_IMPLICIT_KEY: 'Write a value that holds ": " in double quotes, or start a new line before the name',
  BAD_DQ_ESCAPE: 'Write the backslash twice, or use single quotes',
};

function mistakeOfError(error: YAMLError): Mistake {
  const [from, to] = error.pos;
  const found = error.message.charAt(0).toLowerCase() + error.message.slice(1, 200);
  return { code: 'TG-CONFIG-YAML-SYNTAX', message: `Cannot read the file as YAML: ${found}`, hint: hints[error.code] ?? null, from, to };
}
