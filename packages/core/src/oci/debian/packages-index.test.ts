import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfHex } from '@tidegate/formats';
import { closeOver } from './close-over.ts';
import { type DebianPackage, packageParagraph, readPackagesIndex } from './packages-index.ts';

const sum = 'ab'.repeat(32);
const index = `Package: libc6
Architecture: amd64
Version: 2.36-9
Depends: libgcc-s1, libcrypt1 (>= 1:4.4.10-10~)
Description: GNU C Library
 several
 lines: with a colon
Filename: pool/main/g/glibc/libc6_2.36-9_amd64.deb
Size: 2757412
SHA256: ${sum}

Package: awk-of-a-kind
Version: 1
Architecture: all
Provides: awk, other-awk (= 1)
Pre-Depends: libc6 (>= 2.14) | musl, debconf
Filename: pool/a.deb
Size: 1
SHA256: ${sum}

Package: without-a-sum
Version: 1
Architecture: all
Filename: pool/b.deb
Size: 1
`;

const one = (name: string, needs: readonly string[], provides: readonly string[] = []): DebianPackage => ({
  name,
  version: '1',
  architecture: 'all',
  digest: digestOfHex(sum),
  bytes: 1,
  path: `${name}.deb`,
  needs,
  provides,
});
const indexOf = (...packages: readonly DebianPackage[]): ReadonlyMap<string, DebianPackage> =>
  new Map(packages.map((each) => [each.name, each]));

test('readPackagesIndex() reads names, needs and digests, and leaves out what has no digest', () => {
  const found = readPackagesIndex(index);

  assert.deepEqual([...found.keys()], ['libc6', 'awk-of-a-kind']);
  assert.deepEqual(found.get('libc6')?.needs, ['libgcc-s1', 'libcrypt1']);
  assert.deepEqual(found.get('awk-of-a-kind')?.needs, ['libc6', 'debconf']);
  assert.deepEqual(found.get('awk-of-a-kind')?.provides, ['awk', 'other-awk']);
  assert.equal(found.get('libc6')?.digest, `sha256:${sum}`);
});

test('packageParagraph() is read back', () => {
  const written = one('tool', ['a', 'b']);

  assert.deepEqual(readPackagesIndex(packageParagraph(written, 1)).get('tool'), written);
});

test('closeOver() takes what is needed, by name or by what provides it, each once, and nothing that only an installation needs', () => {
  const found = closeOver(['a'], indexOf(one('a', ['b', 'virtual', 'dpkg']), one('b', ['a']), one('c', [], ['virtual']), one('d', [])));

  assert.deepEqual(
    found.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
  assert.throws(() => closeOver(['a'], indexOf(one('a', ['gone']))), /TG-IMAGE-PACKAGE: .*"gone"/);
});
