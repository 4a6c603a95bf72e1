import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MonitoringFile, monitoringFiles } from './monitoring-files.ts';
import { skipWithout } from './test-programs.ts';
import { promtool } from './test-promtool.ts';
import { projectWith } from './test-services.ts';

const skip = skipWithout('promtool');
const config = projectWith(`
  loose: { model: tide, slo: { availability: 90%, latency: { p99: 1s }, window: 90d } }
  strict: { model: tide, slo: { availability: 99.999%, window: 28d } }
  plain: { model: tide }`);
const { plain, ...services } = config.services;
const unwatched = { environment: 'production', everyMs: 86_400_000, windowMs: 604_800_000, drift: null, quality: null, retrain: null };
const watched = {
  ...config,
  services: { ...services, ...(plain && { plain: { ...plain, features: 'tides' } }) },
  monitors: { plain: { ...unwatched, staleness: { modelMs: null, dataMs: null, featuresMs: 21_600_000 } } },
  environments: { ...config.environments, ...(config.environments['production'] && { abroad: config.environments['production'] }) },
};

test('promtool takes the rules of generous and strict promises, of features, and of two last environments', { skip }, (t) => {
  const check = promtool(t, monitoringFiles(watched, '1.2.3'));

  assert.deepEqual(check('check', 'rules', 'prometheus-rules.yaml'), { status: 0, errors: '' });
  assert.deepEqual(check('test', 'rules', 'prometheus-rules.test.yaml'), { status: 0, errors: '' });
});

const two = projectWith('{ strict: { model: tide, slo: { availability: 99.999%, window: 28d } }, plain: { model: tide } }');
const damages: readonly { readonly rule: string; readonly from: string; readonly to: string }[] = [
  { rule: 'looks for another label', from: 'code=~\\"5..\\"', to: 'status=~\\"5..\\"' },
  { rule: 'has lost the short window', from: 'slo:sli_error:ratio_rate30m{', to: 'slo:sli_error:ratio_rate6h{' },
  { rule: 'counts every service', from: 'service=\\"strict\\"', to: 'service=~\\".+\\"' },
];

for (const { rule, from, to } of damages)
  test(`the tests of the rules find a rule that ${rule}`, { skip }, (t) => {
    const plainly = (text: string): string => text.replaceAll('\\"', '"');
    const damaged = monitoringFiles(two, '1.2.3').map((file): MonitoringFile => {
      if (file.name !== 'prometheus-rules.yaml') return file;
      const text = file.text.replaceAll(plainly(from), plainly(to)).replaceAll(from, to);
      assert.notEqual(text, file.text);
      return { ...file, text };
    });
    const check = promtool(t, damaged);

    assert.equal(check('test', 'rules', 'prometheus-rules.test.yaml').status, 1);
  });
