import type { CST } from 'yaml';
import type { Mistake } from './mistake.ts';
import { yamlLimits } from './yaml-limits.ts';

/**
 * What is refused before anything is made of the tokens: directives, a second document, tags, depth. Walks without recursion,
 * because how deep a file goes is for the file to say.
 */
export function mistakesOfTokens(tokens: readonly CST.Token[]): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const directive = tokens.find((token) => token.type === 'directive');
  if (directive !== undefined) mistakes.push(unsupported(directive, 'directives such as "%YAML" are not supported', 'Delete the line'));
  const [, second] = tokens.filter((token) => token.type === 'document');
  if (second !== undefined) mistakes.push(unsupported(second, 'it holds more than one document', 'Delete "---" and what follows it'));
  walk(tokens, mistakes);
  return mistakes;
}

function walk(tokens: readonly CST.Token[], mistakes: Mistake[]): void {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: -1 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > yamlLimits.depth) {
      mistakes.push(tooDeep(token));
      return;
    }
    for (const inner of innerTokens(token)) open.push({ token: inner, depth: depth + 1 });
    for (const tag of propertiesOf(token).filter((property) => property.type === 'tag'))
      mistakes.push(unsupported(tag, `tags such as "${tag.source.slice(0, 40)}" are not supported`, 'Delete the tag'));
  }
}

function innerTokens(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((inner) => inner !== null && inner !== undefined));
}

/** Anchors, tags and indicators before the values that a token holds. */
function propertiesOf(token: CST.Token): readonly CST.SourceToken[] {
  if (token.type === 'document') return token.start;
  return 'items' in token ? token.items.flatMap((item) => [...item.start, ...(item.sep ?? [])]) : [];
}

function tooDeep(token: CST.Token): Mistake {
  return {
    code: 'TG-CONFIG-YAML-LIMIT',
    message: `Cannot read the file: mappings and lists lie more than ${yamlLimits.depth} levels inside one another`,
    hint: 'Write the value flatter',
    from: token.offset,
    to: token.offset + 1,
  };
}

function unsupported(token: CST.Token, found: string, hint: string): Mistake {
  const length = 'source' in token ? Math.max(1, token.source.length) : 3;
  return {
    code: 'TG-CONFIG-YAML-UNSUPPORTED',
    message: `Cannot read the file: ${found}`,
    hint,
    from: token.offset,
    to: token.offset + length,
  };
}
