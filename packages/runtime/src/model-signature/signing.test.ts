import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type KeylessTrust, readPublicKey, signModel, type Trust, verifySignature } from './index.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const transparency = join(fixtures, 'model-transparency');
const vectors = join(fixtures, 'model-signing-spec/test-vectors/v1.0');
const textOf = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');

const byKey = (): Trust => {
  const key = readPublicKey(textOf(transparency, 'keys/certificate/signing-key-pub.pem'));
  assert.ok(key !== null);
  return { kind: 'key', key };
};
const inYear = (year: number): Trust => ({
  kind: 'certificates',
  certificates: [textOf(transparency, 'keys/certificate/ca-cert.pem')],
  now: new Date(`${year}-06-01T00:00:00Z`),
});
const byCertificate = inYear(2026);

test('models that released versions of the reference implementation have signed are verified, by key and by certificate', async () => {
  for (const [name, trust, file] of [
    ['v0.3.1-certificate', byCertificate, null],
    ['v1.0.0-certificate', byCertificate, null],
    ['v1.0.1-certificate', byCertificate, null],
    ['v1.1.0-certificate', byCertificate, null],
    ['v0.3.1-elliptic-key', byKey(), 'signme-1'],
    ['v1.0.0-elliptic-key', byKey(), 'signme-1'],
    ['v1.0.1-elliptic-key', byKey(), null],
    ['v1.1.0-elliptic-key', byKey(), null],
  ] as const) {
    const folder = join(transparency, name);
    const root = file === null ? folder : join(folder, file);
    const verified = await verifySignature(root, textOf(folder, 'model.sig'), { trust, ignored: ['model.sig', 'ignore-me'] });
    assert.deepEqual(verified.files, file === null ? ['signme-1', 'signme-2'] : [file], name);
  }
});

test('hostile 40: what is signed without a key or in the format before the first is refused, and so is the other kind of trust', async () => {
  for (const [name, trust, why] of [
    ['v0.2.0-certificate', byCertificate, /not signed with this key, or was changed since|says "https:\/\/model_signing\/Digests/],
    ['v1.1.0-sigstore', byKey(), /Sigstore keyless/],
    ['v1.1.0-certificate', byKey(), /signed by a certificate, and a key was given/],
    ['v1.1.0-elliptic-key', byCertificate, /signed by a key, and certificates were given/],
    ['v1.1.0-certificate', inYear(2040), /not valid at 2040/],
    ['v1.1.0-certificate', inYear(2020), /not valid at 2020/],
    ['v1.1.0-certificate', { kind: 'certificates', certificates: [], now: new Date('2026-06-01') }, /nobody who is trusted vouches/],
  ] as const) {
    const folder = join(transparency, name);
    const verified = verifySignature(folder, textOf(folder, 'model.sig'), { trust, ignored: ['model.sig', 'ignore-me'] });
    await assert.rejects(verified, why, name);
  }
});

test('hostile 40: a signature without a key of its own holds offline by a trusted root, and only for the very identity and issuer', async () => {
  const folder = join(transparency, 'v1.1.0-sigstore');
  const bundle = textOf(folder, 'model.sig');
  const root = textOf(fixtures, 'trusted_root.json');
  const [identity, issuer] = ['stefanb@us.ibm.com', 'https://sigstore.verify.ibm.com/oauth2'];
  const verified = (trust: Partial<KeylessTrust>, text = bundle): ReturnType<typeof verifySignature> =>
    verifySignature(folder, text, { trust: { kind: 'keyless', root, identity, issuer, ...trust }, ignored: ['model.sig', 'ignore-me'] });

  const { files, key } = await verified({});
  assert.deepEqual([files, key], [['signme-1', 'signme-2'], `${identity} of ${issuer}`]);
  for (const version of ['v0.3.1', 'v1.0.0', 'v1.0.1']) {
    const older = join(transparency, `${version}-sigstore`);
    const trust: Trust = { kind: 'keyless', root, identity, issuer };
    assert.deepEqual(
      (await verifySignature(older, textOf(older, 'model.sig'), { trust, ignored: ['model.sig', 'ignore-me'] })).files,
      files,
      version,
    );
  }

  const authorities = JSON.parse(root) as {
    readonly certificateAuthorities: readonly object[];
    readonly tlogs: readonly object[];
    readonly ctlogs: readonly object[];
  };
  for (const [trust, why] of [
    [{ identity: 'stefan.@us.ibm.com' }, /is signed by "stefanb@us.ibm.com"/],
    [{ identity: 'us.ibm.com' }, /is signed by "stefanb@us.ibm.com"/],
    [{ issuer: 'https://accounts.google.com' }, /of "https:\/\/sigstore.verify.ibm.com\/oauth2"/],
    [{ root: JSON.stringify({ ...authorities, certificateAuthorities: [] }) }, /the trusted root does not vouch for it/],
    [{ root: JSON.stringify({ ...authorities, tlogs: [] }) }, /the trusted root does not vouch for it/],
    [{ root: JSON.stringify({ ...authorities, ctlogs: [] }) }, /the trusted root does not vouch for it/],
    [{ root: 'no JSON' }, /the trusted root does not vouch for it/],
  ] as const)
    await assert.rejects(verified(trust), why);
  const parsed = JSON.parse(bundle) as Parsed;
  parsed.dsseEnvelope.payload = Buffer.from(
    Buffer.from(parsed.dsseEnvelope.payload, 'base64').toString().replace('signme-1', 'signme-0'),
  ).toString('base64');
  await assert.rejects(verified({}, JSON.stringify(parsed)), /the trusted root does not vouch for it/);
  await assert.rejects(
    verified({}, textOf(transparency, 'v1.1.0-elliptic-key', 'model.sig')),
    /signed by a key or certificates, and a trusted root was given/,
  );
});

test('the vectors of the specification that are no signatures are refused, each for what is wrong with it', async (t) => {
  const { model } = signedModel(t);
  for (const [name, why] of [
    ['invalid/empty', /is no JSON/],
    ['invalid/missing-envelope', /has no "dsseEnvelope"/],
    ['invalid/missing-verification-material', /has no "verificationMaterial"/],
    ['invalid/missing-tlog-entries', /Sigstore keyless/],
    ['invalid-payload/wrong-predicate', /not signed with this key|says "/],
    ['valid/sigstore', /Sigstore keyless/],
  ] as const)
    await assert.rejects(verifySignature(model, textOf(vectors, `${name}.bundle.json`), { trust: byKey() }), why, name);
});

test('a signature is what the schemas of the specification want, for every curve, and holds', async (t) => {
  const ajv = new Ajv2020({ strict: false, formats: { uri: true, byte: true } });
  const schemas = join(fixtures, 'model-signing-spec/schemas/v1.0');
  for (const name of readdirSync(schemas)) ajv.addSchema(JSON.parse(textOf(schemas, name)) as object, name);
  for (const curve of ['prime256v1', 'secp384r1', 'secp521r1']) {
    const { model, bundle, trust } = await sign(signedModel(t, curve));
    const parsed = JSON.parse(bundle) as { readonly dsseEnvelope: { readonly payload: string } };
    const statement = JSON.parse(Buffer.from(parsed.dsseEnvelope.payload, 'base64').toString()) as object;

    assert.ok(ajv.validate('bundle.schema.json', parsed), ajv.errorsText());
    assert.ok(ajv.validate('statement.schema.json', statement), ajv.errorsText());
    const { files } = await verifySignature(model, bundle, { trust });
    assert.deepEqual(files, ['config.json', 'deep/weights.bin', 'empty', '模型.bin']);
  }
});

test('hostile 40: a file that was changed, added, removed or renamed is named, and so is a link', async (t) => {
  const { model, bundle, trust } = await sign(signedModel(t));
  const changes: readonly (readonly [(copy: string) => void, RegExp])[] = [
    [(copy) => writeFileSync(join(copy, 'config.json'), '{ }'), /"config.json" is not what was signed/],
    [(copy) => writeFileSync(join(copy, 'deep/.hidden'), ''), /"deep\/.hidden" is there and not signed/],
    [(copy) => rmSync(join(copy, 'empty')), /"empty" is signed and not there/],
    [(copy) => renameSync(join(copy, 'empty'), join(copy, 'Empty')), /"empty" is signed and not there/],
    [(copy) => symlinkSync('config.json', join(copy, 'link')), /"link" is a symbolic link/],
  ];
  for (const [change, why] of changes) {
    const copy = mkdtempSync(join(tmpdir(), 'tidegate-signed-'));
    t.after(() => rmSync(copy, { recursive: true }));
    cpSync(model, copy, { recursive: true });
    change(copy);
    await assert.rejects(verifySignature(copy, bundle, { trust }), why);
  }
});

test('what is not signed may be there when that is asked for, and Git’s own files always', async (t) => {
  const { model, bundle, trust } = await sign(signedModel(t));
  mkdirSync(join(model, '.git'));
  writeFileSync(join(model, '.git/HEAD'), 'x');
  await verifySignature(model, bundle, { trust });
  writeFileSync(join(model, 'README.md'), 'x');

  await assert.rejects(verifySignature(model, bundle, { trust }), /"README.md" is there and not signed/);
  await verifySignature(model, bundle, { trust, allowUnsigned: true });
  await verifySignature(model, bundle, { trust, ignored: ['README.md'] });
});

test('hostile 40: another key, a changed payload, a second signature and another type are refused', async (t) => {
  const { model, bundle, trust } = await sign(signedModel(t));
  const changed = (change: (value: Parsed) => void): string => {
    const value = JSON.parse(bundle) as Parsed;
    change(value);
    return JSON.stringify(value);
  };
  const payload = Buffer.from((JSON.parse(bundle) as Parsed).dsseEnvelope.payload, 'base64').toString();
  for (const [text, why] of [
    [
      changed(({ dsseEnvelope: one }) => void (one.payload = Buffer.from(payload.replace('empty', 'amply')).toString('base64'))),
      /changed since/,
    ],
    [changed(({ dsseEnvelope: one }) => void one.signatures.push(...one.signatures)), /several signatures/],
    [changed(({ dsseEnvelope: one }) => void (one.signatures = [])), /nobody has signed/],
    [changed(({ dsseEnvelope: one }) => void (one.payloadType = 'text/plain')), /of type "text\/plain"/],
    [changed((value) => void (value.mediaType = 'application/json')), /of type "application\/json"/],
  ] as const)
    await assert.rejects(verifySignature(model, text, { trust }), why);
  await assert.rejects(verifySignature(model, bundle, { trust: byKey() }), /not signed with this key/);
});

test('a model without files is not signed', async (t) => {
  const { key } = signedModel(t);
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-signed-'));
  t.after(() => rmSync(folder, { recursive: true }));

  await assert.rejects(signModel(folder, { key, certificates: null }), /it has no files/);
});

interface Parsed {
  mediaType: string;
  dsseEnvelope: { payload: string; payloadType: string; signatures: object[] };
}

interface Model {
  readonly model: string;
  readonly key: KeyObject;
  readonly trust: Trust;
}

function signedModel(t: TestContext, curve = 'prime256v1'): Model {
  const model = mkdtempSync(join(tmpdir(), 'tidegate-signed-'));
  t.after(() => rmSync(model, { recursive: true, force: true }));
  mkdirSync(join(model, 'deep'));
  writeFileSync(join(model, 'config.json'), '{}');
  writeFileSync(join(model, 'deep/weights.bin'), Buffer.alloc(2000, 7));
  writeFileSync(join(model, 'empty'), '');
  writeFileSync(join(model, '模型.bin'), 'x');
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return { model, key, trust: { kind: 'key', key: publicKey } };
}

async function sign(signed: Model): Promise<Model & { readonly bundle: string }> {
  return { ...signed, bundle: await signModel(signed.model, { key: signed.key, certificates: null }) };
}
