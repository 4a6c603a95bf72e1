import { readFileSync } from 'node:fs';
import type { ProfilePart } from '@tidegate/formats';
import { profileOfPart } from '@tidegate/runtime';
import { judgeProfileDrift } from '../../../packages/core/src/data/drift/profiles/judge-profile-drift.ts';
import type { ProfileSide } from '../../../packages/core/src/data/drift/profiles/profile-side.ts';

/** What `tidegate data drift --from-profiles` does with two versions, first once and then again in the same process. `node tidegate_profile_drift.ts REFERENCE CURRENT` */
const [reference = '', current = ''] = process.argv.slice(2);
const again = 20;

function judge() {
  return judgeProfileDrift(
    { before: sideAt(reference), after: sideAt(current) },
    { floor: 0.02, falseAlarms: 0.01, ignore: ['at'], by: 'rows', seasons: false },
  );
}

function sideAt(path: string): ProfileSide {
  const whole: ProfilePart = JSON.parse(readFileSync(path, 'utf8'));
  const columns = whole.columns.map(({ name, type }) => ({ name, type, personal: false }));
  return { name: path, version: null, columns, time: null, profile: profileOfPart(whole, null), whole };
}

const first = performance.now();
const judged = judge();
const firstMs = performance.now() - first;
const times = Array.from({ length: again }, () => {
  const start = process.cpuUsage();
  judge();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}).toSorted((a, b) => a - b);
console.log(
  JSON.stringify({
    verdict: judged.verdict,
    moved: judged.columns.filter(({ verdict }) => verdict === 'fail').map(({ column }) => column),
    firstMs: Math.round(firstMs),
    warmCpuMs: Math.round(times[again / 2] ?? 0),
  }),
);
