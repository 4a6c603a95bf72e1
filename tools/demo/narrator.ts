export interface Ending {
  readonly report: string;
  /** Where production answers, when the demo leaves it up. */
  readonly address: string | null;
  readonly project: string;
  readonly variables: { readonly [name: string]: string };
}

/** Tells the story between the commands' own words, and how long each act took. */
export function narrator(): {
  readonly act: (number: number, title: string, what: string) => void;
  readonly say: (text: string) => void;
  readonly quote: (text: string) => void;
  readonly took: (ms: number, code: number) => void;
  readonly end: (ending: Ending) => void;
} {
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
    end: ({ report, address, project, variables }) => {
      console.log(`\n${'─'.repeat(78)}\nThe story took ${seconds(performance.now() - start)}:`);
      for (const [index, act] of acts.entries()) {
        const end = acts[index + 1]?.startedAt ?? performance.now();
        console.log(`  ${act.title.padEnd(48)} ${seconds(end - act.startedAt).padStart(8)}   runs: ${act.runs.join('; ')}`);
      }
      console.log(`\nReport with plots: ${report}`);
      if (address === null) return;
      console.log(
        `Left up: ${address}\nTo stop it: cd ${project} && ${Object.entries(variables)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')} tidegate stop`,
      );
    },
  };
}
