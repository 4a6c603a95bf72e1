import { capture } from './capture.ts';

/** The variables of the surrounding process that say which GPUs there are. */
type Variables = { readonly [name: string]: string | undefined };

/**
 * The GPUs that steps may be given, by the names that CUDA_VISIBLE_DEVICES has for them. `TIDEGATE_GPUS` says so (a count, or names as in
 * "0,2"; "0" is none), else `CUDA_VISIBLE_DEVICES`, else `nvidia-smi`; without all of these there is none.
 */
export async function findGpus(variables: Variables): Promise<readonly string[]> {
  const told = variables['TIDEGATE_GPUS'];
  if (told !== undefined && /^\d+$/.test(told.trim()))
    return Array.from({ length: Math.min(Number(told), 1024) }, (_, index) => String(index));
  const named = told ?? variables['CUDA_VISIBLE_DEVICES'];
  if (named !== undefined) return namesIn(named);
  const listed = await capture(['nvidia-smi', '--list-gpus'], { cwd: '/', variables, timeoutMs: 10_000 });
  return listed.code !== 0 ? [] : [...listed.stdout.matchAll(/^GPU (\d+):/gm)].map(([, index = '']) => index);
}

/** CUDA takes the names up to the first one that is none, as "-1" is. */
function namesIn(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => name === '' || name.startsWith('-'));
  return [...new Set(end < 0 ? names : names.slice(0, end))];
}
