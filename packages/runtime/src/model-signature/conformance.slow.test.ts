import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { readPublicKey, type Trust, verifySignature } from './index.ts';

/*
 * The cases of verification of the OMS conformance suite (sampras343/model-signing-conformance, tried at commit 114b0f7). It names no licence, so its vectors are not
 * kept here: TIDEGATE_OMS_CONFORMANCE names the folder `test` of a copy.
 */
const suite = process.env['TIDEGATE_OMS_CONFORMANCE'];

interface Case {
  readonly method: 'key' | 'certificate' | 'sigstore';
  readonly model: string;
  readonly model_relative_to?: string;
  readonly expect?: string;
  readonly model_modifications?: {
    readonly inject?: { readonly [path: string]: string };
    readonly tamper?: { readonly [path: string]: string };
    readonly delete?: readonly string[];
  };
  readonly expected_signed_files?: readonly string[];
  readonly verify: {
    readonly public_key?: string;
    readonly cert_chain?: readonly string[];
    readonly identity?: string;
    readonly identity_provider?: string;
    readonly ignore_unsigned_files?: boolean;
    readonly ignore_paths?: readonly string[];
  };
}

/** The format before the first, which signed a list and nothing else: refused on purpose. */
const refusedOnPurpose = new Set(['historical-v0.2.0-certificate']);

const cases =
  suite === undefined
    ? []
    : ['historical', 'negative', 'positive'].flatMap((kind) =>
        readdirSync(join(suite, 'test-cases/verify', kind)).map((name) => join(suite, 'test-cases/verify', kind, name)),
      );

test('the conformance suite of OMS is here', { skip: suite === undefined && 'no copy of it is named in TIDEGATE_OMS_CONFORMANCE' }, () => {
  assert.ok(cases.length >= 43, `${cases.length} cases`);
});

for (const folder of cases)
  test(`OMS conformance: ${basename(folder)}`, async (t) => {
    const one = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Case;
    const assets = join(suite ?? '', 'assets');
    const place = mkdtempSync(join(tmpdir(), 'tidegate-oms-'));
    t.after(() => rmSync(place, { recursive: true }));
    const [from, ...inside] = one.model_relative_to === 'test_dir' ? one.model.split('/') : [one.model];
    cpSync(join(one.model_relative_to === 'test_dir' ? folder : assets, from ?? ''), join(place, 'model'), { recursive: true });
    const model = join(place, 'model', ...inside);
    const { inject = {}, tamper = {}, delete: deleted = [] } = one.model_modifications ?? {};
    for (const [path, text] of Object.entries({ ...inject, ...tamper })) writeFileSync(join(model, path), text);
    for (const path of deleted) rmSync(join(model, path));
    const trust = trustOf(one, assets);
    const bundle = existsSync(join(folder, 'bundle.sig')) ? readFileSync(join(folder, 'bundle.sig'), 'utf8') : '';
    const verified = verifySignature(model, bundle, {
      trust,
      ignored: one.verify.ignore_paths ?? (existsSync(join(model, 'ignore-me')) ? ['ignore-me'] : []),
      allowUnsigned: one.verify.ignore_unsigned_files ?? false,
    });

    if (one.expect === 'fail' || basename(folder).endsWith('_fail') || refusedOnPurpose.has(basename(folder)))
      return assert.rejects(verified, /TG-MODELS-SIGNATURE/);
    const { files } = await verified;
    const expected = one.expected_signed_files?.map((path) => (path === '.' ? basename(model) : path));
    if (expected !== undefined) assert.deepEqual(files.toSorted(), [...expected].toSorted());
  });

function trustOf({ method, verify }: Case, assets: string): Trust {
  if (method === 'certificate')
    return {
      kind: 'certificates',
      certificates: (verify.cert_chain ?? []).map((path) => readFileSync(join(assets, path), 'utf8')),
      now: new Date('2026-06-01'),
    };
  if (method === 'sigstore')
    return {
      kind: 'keyless',
      root: readFileSync(join(import.meta.dirname, 'fixtures/trusted_root.json'), 'utf8'),
      identity: verify.identity ?? '',
      issuer: verify.identity_provider ?? '',
    };
  // one case names a key that the suite does not have
  const named = join(assets, verify.public_key ?? '');
  const key = readPublicKey(readFileSync(existsSync(named) ? named : join(assets, 'keys/certificate/signing-key-pub.pem'), 'utf8'));
  assert.ok(key !== null);
  return { kind: 'key', key };
}
