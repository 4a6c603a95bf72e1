import { dirname, resolve } from 'node:path';
import { nearest } from '@tidegate/formats';
import { diagnosticAt } from '../../../config/index.ts';
import { readTextIfThere } from '../../../platform/index.ts';
import type { DataContract } from '../data-contract.ts';
import { type ContractDocument, type Located, readDocument } from '../read-document.ts';
import { partsOf } from '../relationships.ts';

/** References of relationships into another file beside this one that has no such file, object or property. What lies elsewhere, such as at an address of the web, is not looked at. */
export async function lostReferences(promises: readonly DataContract[], path: string): Promise<readonly Located[]> {
  const read = new Map<string, ContractDocument | string>();
  const found: Located[] = [];
  for (const { document, relationships } of promises)
    for (const { to, path: place } of relationships)
      for (const reference of to.kind === 'elsewhere' ? to.references : []) {
        const [file = '', inside] = reference.split('#');
        if (inside === undefined || file === '' || /^[a-z]+:/i.test(file)) continue;
        const target = resolve(dirname(path), file);
        const there = read.get(target) ?? (await documentOr(target, file));
        read.set(target, there);
        const lost = typeof there === 'string' ? { why: there, hint: null } : whyLost(inside, there, file);
        if (lost === null) continue;
        const at = [...place, 'to'];
        const message = `Cannot find "${reference}": ${lost.why}`;
        found.push({ path: at, diagnostic: diagnosticAt(document, at, { code: 'TG-DATA-CONTRACT-VALUE', message, hint: lost.hint }) });
      }
  return found;
}

async function documentOr(path: string, file: string): Promise<ContractDocument | string> {
  const text = await readTextIfThere(path);
  if (text === null) return `there is no file "${file}" beside this one`;
  return readDocument({ file, text }).contract ?? `"${file}" is no data contract that can be read`;
}

/** Why a reference leads nowhere within a document; null when it leads to a property. */
function whyLost(
  inside: string,
  { value: { schema = [] } }: ContractDocument,
  file: string,
): { readonly why: string; readonly hint: string | null } | null {
  const { key, object: wanted, properties } = partsOf(inside);
  const object = schema.find((one) => one[key] === wanted || (key === 'name' && one.physicalName === wanted));
  if (object === undefined)
    return lost(
      `"${file}" has no object with the ${key} "${wanted}"`,
      wanted,
      schema.map((one) => one[key]),
    );
  const [property] = properties;
  if (property === undefined) return { why: 'it names no property', hint: 'Write "object.property"' };
  const known = object.properties ?? [];
  if (known.some((one) => one[key] === property)) return null;
  return lost(
    `"${object.name}" of "${file}" has no property with the ${key} "${property}"`,
    property,
    known.map((one) => one[key]),
  );
}

function lost(why: string, wanted: string, all: readonly (string | undefined)[]): { readonly why: string; readonly hint: string | null } {
  const known = all.filter((name) => name !== undefined);
  const near = nearest(wanted, known);
  return { why, hint: near !== null ? `Did you mean "${near}"?` : known.length > 0 ? `There are: ${known.slice(0, 10).join(', ')}` : null };
}
