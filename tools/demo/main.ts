import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { tryLock } from '@tidegate/runtime';
import { backAndWhy } from './acts/back-and-why.ts';
import { driftAndRetraining } from './acts/drift-and-retraining.ts';
import { firstRun } from './acts/first-run.ts';
import { live, parityFile } from './acts/live.ts';
import { nothingChanged } from './acts/nothing-changed.ts';
import { badData, goodData } from './acts/september.ts';
import { worseModels } from './acts/worse-models.ts';
import { endGoingOn } from './going-on.ts';
import { Interrupted } from './interruption.ts';
import { afterSeptember, exampleRows, productionAddress } from './project.ts';
import { openStage, report } from './stage.ts';
import { startAfresh } from './start-afresh.ts';

/**
 * The story of the README on real data, through the `tidegate` command alone: this script copies files, commits, sends
 * requests and reads what the command says. No outcome is fixed in it. `--keep` leaves everything up at the end.
 */
const { keep } = parseArgs({ options: { keep: { type: 'boolean', default: process.env['npm_config_keep'] === 'true' } } }).values; // without `--` npm takes the option
const stage = openStage();
const { place, project, commands, story } = stage;

using lock = tryLock(`${place}.lock`);
process.exitCode = lock === null ? tellOfAnother() : await demo();

/** @returns the exit code */
async function demo(): Promise<number> {
  let leaveUp = false;
  try {
    await startAfresh(stage);
    for (const act of [firstRun, nothingChanged, badData, goodData, worseModels]) await act(stage);
    await timeGoesOn();
    await finish();
    leaveUp = keep;
    return 0;
  } catch (error) {
    return tellWhy(error);
  } finally {
    if (!leaveUp) await clearUp();
  }
}

/** Acts 6 to 8, through which time is played. */
async function timeGoesOn(): Promise<void> {
  const { going, surest } = await live(stage);
  try {
    await driftAndRetraining(stage, going);
    await backAndWhy(stage, going, surest);
  } finally {
    await endGoingOn(going);
  }
}

function tellOfAnother(): number {
  console.error(`Cannot start: another demo of yours uses ${place}. Wait until it has ended.`);
  return 1;
}

function tellWhy(error: unknown): number {
  if (error instanceof Interrupted) return 130;
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  return 1;
}

/** Ends what is up. What is on the disk stays: the next start clears it away. */
async function clearUp(): Promise<void> {
  if (!existsSync(join(project, 'tidegate.yaml'))) return;
  const { code, stderr } = await commands.stop();
  console.log(
    code === 0
      ? `\nNothing is up any more. What it wrote is in ${place}; the next "npm run demo" clears that away and starts afresh.`
      : `\nSomething may still be up: "tidegate stop" ended with ${code}; the next "npm run demo" tries again. If it cannot either, end the processes of ${place} and delete that folder.\n${stderr}`,
  );
}

async function finish(): Promise<void> {
  await mkdir(dirname(report), { recursive: true });
  await commands.tidegate(['report', '--all', '--replay', parityFile(stage), '--output', report]);
  story.end(report);
  if (!keep) return;
  const base = await productionAddress(stage);
  story.leaveUp({ base, project, body: JSON.stringify({ at: afterSeptember, rows: exampleRows.slice(0, 1) }), line: commands.line });
}
