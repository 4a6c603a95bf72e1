import type { Command } from './command.ts';

/** Every command with its summary, in the order of the help; a command's code is loaded only when it is called. */
export const registry: readonly {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}[] = [
  {
    name: 'init',
    summary: 'Make a tidegate.yaml for the data file and the training script in this folder',
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'run',
    summary: 'Take the project along the path: as far as the gate, or to an environment',
    load: () => import('./commands/run.ts'),
  },
  { name: 'up', summary: 'Watch Git, sources and monitors, and drive the path by itself', load: () => import('./commands/up.ts') },
  { name: 'plan', summary: 'Say what a run would do, and why, without doing it', load: () => import('./commands/plan.ts') },
  { name: 'graph', summary: 'Show the steps, what flows between them, and what is stale', load: () => import('./commands/graph.ts') },
  {
    name: 'status',
    summary: 'Show what is live where, the last run, and what has changed since',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'explain',
    summary: 'Say why a step ran or not, why a verdict fell, where an answer comes from',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'show',
    summary: 'Show anything by its name: a dataset, feature view, step, model, release, run or digest',
    load: () => import('./commands/show.ts'),
  },
  { name: 'log', summary: 'List runs, or print and search the log of a step or of tidegate up', load: () => import('./commands/log.ts') },
  { name: 'runs', summary: 'Look at the history of runs: list, show and compare them', load: () => import('./commands/runs.ts') },
  {
    name: 'replay',
    summary: 'Rebuild a run in a clean place, and say whether the same comes out',
    load: () => import('./commands/replay.ts'),
  },
  {
    name: 'ci',
    summary: 'Judge a range of commits: run as far as the gate, and report what changed and what came of it',
    load: () => import('./commands/ci.ts'),
  },
  { name: 'remote', summary: 'Share results, data and histories with other machines', load: () => import('./commands/remote.ts') },
  {
    name: 'hooks',
    summary: 'Keep data in step with Git: checkouts, merges of tidegate.lock, pushes',
    load: () => import('./commands/hooks.ts'),
  },
  { name: 'store', summary: 'Look after the store: what it holds, garbage, damage, pins', load: () => import('./commands/store.ts') },
  { name: 'test', summary: 'Run the tests of the project', load: () => import('./commands/test.ts') },
  {
    name: 'data',
    summary: 'Put datasets under version control, and look at them: versions, checks, data contracts',
    load: () => import('./commands/data.ts'),
  },
  {
    name: 'contract',
    summary: 'Look over data contracts, judge data by them, and bring checks from and to other tools',
    load: () => import('./commands/contract.ts'),
  },
  {
    name: 'sources',
    summary: 'Look whether the sources of datasets can be read, and end their replication',
    load: () => import('./commands/sources.ts'),
  },
  {
    name: 'features',
    summary: 'Look at features: definitions, training sets, the online store',
    load: () => import('./commands/features.ts'),
  },
  {
    name: 'models',
    summary: 'Look at model versions, their metrics, cards and where they come from; hand them over, and verify them',
    load: () => import('./commands/models.ts'),
  },
  { name: 'deploy', summary: 'Deploy a release to an environment', load: () => import('./commands/deploy.ts') },
  { name: 'rollback', summary: 'Go back to the release that was live before', load: () => import('./commands/rollback.ts') },
  {
    name: 'stop',
    summary: 'Stop what runs in an environment, and what killed runs have left running',
    load: () => import('./commands/stop.ts'),
  },
  { name: 'serve', summary: 'Serve a release in the foreground', load: () => import('./commands/serve.ts') },
  { name: 'release', summary: 'Write a release as a folder that starts by itself', load: () => import('./commands/release.ts') },
  {
    name: 'image',
    summary: 'Build container images of releases, with no daemon and no root, and push them to a registry',
    load: () => import('./commands/image.ts'),
  },
  {
    name: 'score',
    summary: 'Score the rows of a file, or those of a prediction log again',
    load: () => import('./commands/score.ts'),
  },
  { name: 'exec', summary: "Run a command in the project's virtual environment", load: () => import('./commands/exec.ts') },
  { name: 'report', summary: 'Write the HTML report of a run or of the whole history', load: () => import('./commands/report.ts') },
  {
    name: 'monitoring',
    summary: 'Write what watches the services: rules for Prometheus, a dashboard for Grafana',
    load: () => import('./commands/monitoring.ts'),
  },
  {
    name: 'monitors',
    summary: 'Look at monitors: drift, quality and age of what is live',
    load: () => import('./commands/monitors.ts'),
  },
  { name: 'doctor', summary: 'Check the machine and the project for what would go wrong', load: () => import('./commands/doctor.ts') },
];
