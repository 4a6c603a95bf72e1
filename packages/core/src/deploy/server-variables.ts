import { compileCacheVariables, type Platform } from '../platform/index.ts';

const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH'];

/**
 * The whole environment of a model server: of the variables around Tidegate where programs and libraries are found, those of the
 * environment it runs in, where Node keeps compiled code, and ONNX Runtime's telemetry off.
 */
export function serverVariables(
  { variables }: Platform,
  declared: { readonly [name: string]: string },
): { readonly [name: string]: string } {
  const inherited = kept.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]] as const]));
  return { ...Object.fromEntries(inherited), ...compileCacheVariables(), ...declared, ORT_DISABLE_TELEMETRY: '1' };
}
