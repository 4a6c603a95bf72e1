import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Layer } from '../../oci/index.ts';
import { folderObjectStore } from '../../store/index.ts';
import { openLayerCache } from './layer-cache.ts';

test('a layer is made once for a key, and again when it is no longer in the store or its note is damaged', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-layers-'));
  t.after(() => rmSync(root, { recursive: true }));
  const store = folderObjectStore(join(root, 'objects'));
  const cache = openLayerCache(join(root, 'layers'), store);
  let made = 0;
  const make = async (): Promise<Layer> => {
    made += 1;
    const { digest, bytes } = await store.putBytes('a layer');
    return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: bytes, diffId: digest };
  };

  const first = await cache.layer(['Node', '24'], make);
  const again = await cache.layer(['Node', '24'], make);
  assert.deepEqual([first.isReused, again.isReused, made], [false, true, 1]);
  assert.deepEqual({ ...again.layer }, first.layer);
  assert.equal((await cache.layer(['Node', '25'], make)).isReused, false);

  for (const name of readdirSync(join(root, 'layers'))) writeFileSync(join(root, 'layers', name), '{"mediaType":');
  assert.equal((await cache.layer(['Node', '24'], make)).isReused, false);
  rmSync(join(root, 'objects'), { recursive: true });
  assert.equal(
    (await openLayerCache(join(root, 'layers'), folderObjectStore(join(root, 'objects'))).layer(['Node', '24'], make)).isReused,
    false,
  );
});
