import type { Json, JsonObject } from '@tidegate/formats';
import { asObject } from '../read-arguments.ts';

/** What a schema says once its local references are followed; keywords beside a `$ref` count as well. */
export type Resolved = { readonly ok: true; readonly schemas: readonly JsonObject[] } | { readonly ok: false; readonly why: string };

/** References that follow each other at most. */
const longestChain = 50;

/** The schemas that hold together at a place: the schema itself, what it refers to, and the branches of its `allOf`. */
export function schemasAt(root: Json, schema: Json): Resolved {
  const found: JsonObject[] = [];
  const waiting: { readonly schema: Json; readonly depth: number }[] = [{ schema, depth: 0 }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (next.schema === true) continue;
    const one = asObject(next.schema);
    if (one === null) return { ok: false, why: next.schema === false ? 'nothing at all may be there' : 'it is no schema' };
    const { $ref: reference, allOf: branches, ...own } = one;
    found.push(own);
    if (next.depth > longestChain || found.length > 1000) return { ok: false, why: 'its references lead round in a circle' };
    if (reference !== undefined) {
      const target = typeof reference === 'string' ? targetOf(root, reference) : undefined;
      if (target === undefined) return { ok: false, why: `${JSON.stringify(reference)} is in no part of this file` };
      waiting.push({ schema: target, depth: next.depth + 1 });
    }
    if (Array.isArray(branches)) for (const branch of branches as readonly Json[]) waiting.push({ schema: branch, depth: next.depth + 1 });
  }
  return { ok: true, schemas: found };
}

/** By JSON Pointer (RFC 6901) or by `$anchor`, in the document itself. */
function targetOf(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  const fragment = decodeURIComponent(reference.slice(1));
  if (fragment === '') return root;
  if (!fragment.startsWith('/')) return anchored(root, fragment);
  let at: Json | undefined = root;
  for (const part of fragment.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = (at as readonly Json[])[Number(name)];
    else {
      const within: JsonObject | null = asObject(at);
      at = within !== null && Object.hasOwn(within, name) ? within[name] : undefined;
    }
  }
  return at;
}

function anchored(root: Json, anchor: string): Json | undefined {
  const within = asObject(root);
  for (const group of ['$defs', 'definitions']) {
    const found = Object.values(asObject(within?.[group]) ?? {}).find((one) => {
      const schema = asObject(one);
      return schema?.['$anchor'] === anchor || schema?.['$id'] === `#${anchor}`;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}
