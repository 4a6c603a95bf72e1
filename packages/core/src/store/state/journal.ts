import type { DatabaseSync } from 'node:sqlite';
import { canonicalJson, type Deployment } from '@tidegate/formats';
import { appendDurably, existsSync, readFileSync } from '../../platform/index.ts';

/**
 * The history of deployments a second time, as lines of JSON in `deployments.jsonl` beside the state: what is live must not depend on one
 * file. Specification: docs/reference/formats/state.md.
 */
export interface Journal {
  /** Appends a line, durably, within the transaction that puts it into the state. A new journal begins with every line that the state has. */
  readonly append: (database: DatabaseSync, line: Deployment) => void;
  /** Puts the lines into a state that has lost them. @returns how many it had lost */
  readonly restore: (database: DatabaseSync) => number;
}

export function journalBeside(state: string): Journal {
  const path = state.replace(/[^/]+$/, 'deployments.jsonl');
  return {
    append: (database, line) => {
      const records = existsSync(path) ? [canonicalJson({ ...line })] : allRecords(database);
      appendDurably(path, records.map((record) => `\n${record}\n`).join('')); // the line before may have been cut off
    },
    restore: (database) => {
      const find = database.prepare('SELECT 1 FROM deployment WHERE project = ? AND environment = ? AND sequence = ?');
      const insert = database.prepare('INSERT INTO deployment (project, environment, sequence, record) VALUES (?, ?, ?, ?)');
      let restored = 0;
      // Of two lines with one number the later one counts: the transaction of the other was not finished.
      for (const line of linesOf(path).toReversed()) {
        const place = [line.project, line.environment, line.sequence] as const;
        if (find.get(...place) === undefined) restored += Number(insert.run(...place, JSON.stringify(line)).changes);
      }
      return restored;
    },
  };
}

function allRecords(database: DatabaseSync): readonly string[] {
  return database
    .prepare('SELECT record FROM deployment ORDER BY project, environment, sequence')
    .all()
    .map((row) => String(row['record']));
}

function linesOf(path: string): readonly Deployment[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').flatMap(deploymentIn) : [];
}

/** The deployment in a line; none in one that is cut off or empty. */
function deploymentIn(text: string): readonly Deployment[] {
  try {
    const line = JSON.parse(text) as Deployment;
    return line.format === 'tidegate.deployment/1' ? [line] : [];
  } catch {
    return [];
  }
}
