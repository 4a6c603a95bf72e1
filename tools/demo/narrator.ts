export interface LeftUp {
  /** Where production answers; null when nothing is live there. */
  readonly base: string | null;
  readonly project: string;
  /** A body that its rows endpoint takes. */
  readonly body: string;
  /** How a person calls `tidegate` on the project. */
  readonly line: (argv: string) => string;
}

/** Tells the story between the commands' own words, and how long each act took. */
export interface Narrator {
  readonly act: (number: number, title: string, what: string) => void;
  readonly say: (text: string) => void;
  readonly quote: (text: string) => void;
  readonly took: (ms: number, code: number) => void;
  readonly end: (report: string) => void;
  readonly leaveUp: (left: LeftUp) => void;
}

export function narrator(): Narrator {
  const start = performance.now();
  const acts: { title: string; startedAt: number; runs: string[] }[] = [];
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return {
    act: (number, title, what) => {
      acts.push({ title: `${number}. ${title}`, startedAt: performance.now(), runs: [] });
      console.log(`\n${'─'.repeat(78)}\n${number}. ${title}\n   ${what}`);
    },
    say: (text) => console.log(`\n› ${text}`),
    quote: (text) => console.log(`    ${text.length > 700 ? `${text.slice(0, 697)}...` : text}`),
    took: (ms, code) => {
      acts.at(-1)?.runs.push(`${seconds(ms)}, exit ${code}`);
      console.log(`› tidegate run took ${seconds(ms)} and ended with exit code ${code}.`);
    },
    end: (report) => {
      console.log(`\n${'─'.repeat(78)}\nThe story took ${seconds(performance.now() - start)}:`);
      for (const [index, act] of acts.entries()) {
        const end = acts[index + 1]?.startedAt ?? performance.now();
        console.log(`  ${act.title.padEnd(48)} ${seconds(end - act.startedAt).padStart(8)}   runs: ${act.runs.join('; ')}`);
      }
      console.log(`\nReport with plots: ${report}`);
    },
    leaveUp: ({ base, project, body, line }) => {
      console.log(`\nEverything is left up, and the project is in ${project}.`);
      if (base !== null) console.log(`Ask it:     curl -H 'content-type: application/json' -d '${body}' ${base}/v1/predict`);
      console.log(`Look at it: ${line('status')}\nEnd it:     ${line('stop')}\nThe next "npm run demo" ends it too, and starts afresh.`);
    },
  };
}
