import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineMask, maskedTexts, maskText } from './mask.ts';
import { secretForms, tellingForms } from './secret-forms.ts';

const token = 'tk_7f3aQ/+Zp9&"x';
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const shown = (secret: string, text: string): string => maskText(maskedTexts(secretForms(secret)), text);

for (const [form, text] of [
  ['as it is', token],
  ['in JSON', JSON.stringify({ token })],
  ['in a URL', `https://example.com/?t=${encodeURIComponent(token)}`],
  ['in a URL, with small letters', encodeURIComponent(token).replaceAll(/%../g, (code) => code.toLowerCase())],
  ['in a form', new URLSearchParams({ token: `${token} ` }).toString()],
  ['in XML', `<a t="${token.replace('&', '&amp;').replace('"', '&quot;')}"/>`],
  ['in hexadecimal', Buffer.from(token).toString('hex')],
  ['in hexadecimal, with capitals', Buffer.from(token).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(token).toString('base64')],
  ['in base64, one byte behind the start', Buffer.from(`x${token}`).toString('base64')],
  ['in base64, two bytes behind the start', Buffer.from(`xy${token}yz`).toString('base64')],
  ['in base64 for URLs', Buffer.from(`user:${token}`).toString('base64url')],
] as const)
  test(`a secret is masked ${form}`, () => {
    const masked = shown(token, `before ${text} after`);

    assert.match(masked, /^before .*\*\*\*.* after$/);
    // at most the characters that share their bits with what stands beside it are left
    assert.ok(masked.length < 'before  after'.length + text.length - token.length + 6, masked);
  });

test('a private key of several lines is masked whole, line by line, out of JSON and wrapped in base64', () => {
  const wrapped = Buffer.from(pem)
    .toString('base64')
    .replaceAll(/(.{76})/g, '$1\n');
  const lines = pem.trim().split('\n');

  assert.match(shown(pem, `key:\n${pem}done`), /^key:\n(\*\*\*\n)+done$/);
  for (const line of lines.slice(1, -1)) if (line.length >= 8) assert.equal(shown(pem, `> ${line}`), '> ***');
  assert.equal(shown(pem, JSON.stringify({ key: pem })), '{"key":"***"}');
  assert.match(shown(pem, wrapped), /^(\*\*\*\n?)+.{0,4}$/);
});

test('every member of a secret that is JSON is masked by itself, and so is the password in a URL', () => {
  const json = JSON.stringify({ user: 'deployer', nested: { key: 'a-long-key', port: 12345678 }, list: ['first-one'] });

  assert.equal(shown(json, 'deployer a-long-key 12345678 first-one nested'), '*** *** *** *** nested');
  assert.equal(shown('postgres://app:p%40ssw0rd-1@db/x', 'p@ssw0rd-1 and p%40ssw0rd-1 of app at db'), '*** and *** of app at db');
});

test('what is too short to be secret is not masked, for it would eat the log', () => {
  const json = JSON.stringify({ e: 'e', port: 80, token: 'long-enough-token' });

  assert.equal(shown(json, 'the epoch e ended on port 80'), 'the epoch e ended on port 80');
});

test('a secret that is broken over lines is masked in all of them, and a line waits only as long as it may begin one', () => {
  const mask = lineMask(maskedTexts(secretForms('correct-horse-battery')));

  assert.deepEqual(mask.push('plain'), ['plain']);
  assert.deepEqual(mask.push('x correct-ho'), []);
  assert.deepEqual(mask.push('rse-bat'), []);
  assert.deepEqual(mask.push('tery y'), ['x ***', '***', '*** y']);
  assert.deepEqual(mask.push('corr'), []);
  assert.deepEqual(mask.push('ected'), ['corr', 'ected']);
  assert.deepEqual(mask.push('correct-horse'), []);
  assert.deepEqual(mask.flush(), ['correct-horse']);
});

test('wherever a secret stands and however it is broken, at most three characters of it are left', () => {
  const around = fc.string({ unit: fc.constantFrom('x', 'y', '-'), maxLength: 12 });
  const secrets = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 8, maxLength: 20 });
  fc.assert(
    fc.property(secrets, around, around, fc.array(fc.nat({ max: 40 }), { maxLength: 6 }), (secret, before, after, breaks) => {
      const text = [...(before + secret + after)].map((letter, index) => (breaks.includes(index) ? `\n${letter}` : letter)).join('');

      const masked = shown(secret, text);

      assert.equal(masked.split('\n').length, text.split('\n').length);
      assert.match(masked, /\*\*\*/);
      assert.ok((masked.match(/[a-d]/g) ?? []).length <= 3, `${JSON.stringify(text)} became ${JSON.stringify(masked)}`);
      assert.equal(masked.replaceAll(/[a-d*\n]/g, ''), before + after);
    }),
    { numRuns: 300 },
  );
});

test('text without a secret comes out as it went in, whatever it is', () => {
  const texts = maskedTexts(secretForms('zzzz-zzzz-zzzz-zzzz'));
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('z', 'a', '\n', '-') })), (parts) => {
      const text = parts.join('\n');
      if (text.replaceAll('\n', '').includes('zzzz-zzzz')) return;

      assert.equal(maskText(texts, text), text);
    }),
  );
});

test('an output is refused for what tells, not for a short part of a secret that may stand there for a reason', () => {
  const account = JSON.stringify({
    project_id: 'my-project-1234',
    token_uri: 'https://oauth2.example.com/token/of/accounts',
    private_key: pem,
  });
  const telling = (text: string): boolean => maskText(maskedTexts(tellingForms(account)), text) !== text;

  assert.equal(telling('trained for my-project-1234 at https://oauth2.example.com/token/of/accounts'), false);
  assert.equal(telling(pem.split('\n')[1] ?? ''), true);
  assert.equal(telling(account), true);
});
