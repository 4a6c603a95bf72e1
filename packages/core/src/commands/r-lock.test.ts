import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRLock } from './r-lock.ts';

const lock = {
  R: {
    Version: '4.2.2',
    Repositories: [
      { Name: 'CRAN', URL: 'https://cran.example/' },
      { Name: 'ours', URL: 'file:///repository' },
    ],
  },
  Packages: {
    zoo: { Package: 'zoo', Version: '1.8-12', Source: 'Repository', Repository: 'CRAN', Hash: '5c715954112b45499fb1dadc6ee6ee3e' },
    fit: { Package: 'fit', Version: '0.1', Source: 'Repository', Repository: 'ours', Sha256: 'ab'.repeat(32) },
  },
};

test('a lock of renv gives each package with the addresses of its archive, by name', () => {
  assert.deepEqual(parseRLock('renv.lock', JSON.stringify(lock)), [
    {
      name: 'fit',
      version: '0.1',
      sha256: 'ab'.repeat(32),
      addresses: ['file:///repository/src/contrib/fit_0.1.tar.gz', 'file:///repository/src/contrib/Archive/fit/fit_0.1.tar.gz'],
    },
    {
      name: 'zoo',
      version: '1.8-12',
      sha256: null,
      addresses: ['https://cran.example/src/contrib/zoo_1.8-12.tar.gz', 'https://cran.example/src/contrib/Archive/zoo/zoo_1.8-12.tar.gz'],
    },
  ]);
});

test('what is no lock, and a package from elsewhere than a repository, are refused by name', () => {
  const fromGit = { ...lock, Packages: { tidy: { Package: 'tidy', Version: '1.0', Source: 'GitHub' } } };
  const leadsOut = { ...lock, Packages: { x: { Package: '../x', Version: '1.0' } } };

  for (const [text, found] of [
    ['half {', /as a lock of R packages/],
    [JSON.stringify(fromGit), /"tidy" comes from "GitHub"/],
    [JSON.stringify(leadsOut), /the name of a package/],
  ] as const)
    assert.throws(() => parseRLock('renv.lock', text), found);
});
