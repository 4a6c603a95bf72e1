import { extname } from 'node:path';
import { ownOutputs } from '../file/fan-out.ts';

interface MaybeFanOut {
  readonly out?: { readonly [output: string]: string | undefined } | undefined;
  readonly for?: { readonly best?: object | undefined } | undefined;
}

/**
 * What a step makes for others: of one with `for:` the folders that its items write into, the record of the items, and the outputs of the
 * best one.
 */
export function outputsOfStep(name: string, { out = {}, for: fanOut }: MaybeFanOut): { readonly [output: string]: string | undefined } {
  if (fanOut === undefined) return out;
  const outputs = Object.entries(out);
  const best =
    fanOut.best === undefined ? [] : outputs.map(([output, path]) => [ownOutputs.best + output, bestPath(name, output, path)] as const);
  return {
    ...Object.fromEntries(outputs.map(([output, path]) => [output, path === undefined ? undefined : folderOf(path) || undefined])),
    [ownOutputs.items]: `build/items/${name}.json`,
    ...Object.fromEntries(best),
  };
}

/** The folder above the first part with a name in braces: `models` of `models/{item}.onnx`; "" when there is none. */
export function folderOf(template: string): string {
  const parts = template.split('/');
  return parts
    .slice(
      0,
      Math.max(
        0,
        parts.findIndex((part) => part.includes('{')),
      ),
    )
    .join('/');
}

function bestPath(step: string, output: string, template: string | undefined): string {
  return `build/best/${step}/${output}${extname(template ?? '').replaceAll(/[{}]/g, '')}`;
}
