import { type Deployment, shape } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';
import type { ReleaseSettings } from './target.ts';

const { object, optional, record, required, text } = shape;
const settingsShape = object({ variables: required(record(text())), online: optional(text()), python: optional(text()) }, { open: true });

/**
 * The settings a deployment was made with but those of the prediction log and whom to trust, which are always the present ones, so that it can be made again after `tidegate.yaml` has changed; null when they are not
 * kept, or were written in a form that this version does not read.
 */
export async function keptSettings(
  store: ObjectStore,
  { settings }: Pick<Deployment, 'settings'>,
): Promise<Omit<ReleaseSettings, 'log' | 'trusted'> | null> {
  if (settings === null || !(await store.has(settings))) return null;
  const parsed = shape.parse(settingsShape, await store.readJson(settings));
  if (!parsed.ok) return null;
  const { variables, online = null, python = null } = parsed.value;
  return { variables: { ...variables }, online, python };
}
