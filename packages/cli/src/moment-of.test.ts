import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentOf } from './moment-of.ts';

test('a moment without an offset is in UTC wherever the machine stands', () => {
  const wanted = Date.UTC(2013, 9, 1, 12, 30);

  assert.equal(momentOf('at', '2013-10-01T12:30'), wanted);
  assert.equal(momentOf('at', '2013-10-01 12:30:00'), wanted);
  assert.equal(momentOf('at', '2013-10-01T14:30:00+02:00'), wanted);
  assert.equal(momentOf('at', '2013-10-01'), Date.UTC(2013, 9, 1));
  assert.equal(momentOf('at', undefined), null);
  assert.throws(() => momentOf('since', '1'), /TG-CLI-USAGE: Cannot read the moment "1"/);
  assert.throws(() => momentOf('since', '2013-10-01T25:00'), /TG-CLI-USAGE/);
});
