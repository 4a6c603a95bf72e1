import { shape, zones } from '@tidegate/formats';
import { dataset } from './data.ts';
import { environment } from './environments.ts';
import { keep } from './keep.ts';
import { model, service } from './models.ts';
import { monitor } from './monitors.ts';
import { sandbox } from './isolation.ts';
import { nameRule, path } from './path.ts';
import { remoteBucket, remoteServer } from './places.ts';
import { salt } from './salt.ts';
import { signatures } from './signatures.ts';
import { pools } from './scheduling.ts';
import { step, suite } from './steps.ts';
import { version } from './version.ts';

const named = <T>(member: shape.Shape<T>, description: string): shape.Field<{ readonly [name: string]: T }, false> =>
  shape.optional(shape.described(shape.record(member, nameRule), description, {}));

/** `tidegate.yaml` as it is written: short forms are turned into values, defaults are not filled in. */
export const projectFile = shape.object(
  {
    version: shape.required(version),
    project: shape.optional(
      shape.text({
        pattern: nameRule.name,
        wants: `a name of ${nameRule.wants}`,
        description: 'Name of the project. Default: that of its folder.',
      }),
    ),
    python: shape.optional(
      shape.object(
        {
          requirements: shape.optional(
            path(
              'Requirements file with hashes; Tidegate keeps a virtual environment for it. Default: none, the interpreter is used as it is.',
            ),
          ),
          interpreter: shape.optional(
            shape.described(shape.text({ pattern: /\S/, wants: 'a program' }), 'The Python to use, by name or path.', 'python3'),
          ),
        },
        { description: 'The Python that steps, tests and models use.' },
      ),
    ),
    r: shape.optional(
      shape.object(
        {
          lock: shape.optional(
            path('Lock of R packages, as renv writes it (renv.lock); Tidegate keeps a library for it. Default: none, R is used as it is.'),
          ),
          interpreter: shape.optional(
            shape.described(shape.text({ pattern: /\S/, wants: 'a program' }), 'The Rscript to use, by name or path.', 'Rscript'),
          ),
        },
        { description: 'The R that steps and tests use.' },
      ),
    ),
    sandbox: shape.optional(shape.described(sandbox, 'Whether commands of steps and tests run in a sandbox, where one works.', true)),
    data: named(dataset, 'Datasets by name.'),
    features: shape.optional(
      shape.object(
        { definitions: shape.required(path('Folder with definitions of entities, views and services (*.yaml) and their SQL.')) },
        { description: 'Features.' },
      ),
    ),
    steps: named(step, 'Steps by name.'),
    pools: shape.optional(pools),
    tests: named(suite, 'Suites of tests by name.'),
    models: named(model, 'Models by name.'),
    services: named(service, 'Services by name.'),
    environments: named(environment, 'Environments by name.'),
    branches: shape.optional(
      shape.described(
        shape.record(shape.text()),
        'Branch or pattern ("*" matches anything; the first that fits counts) and how far its runs go: "gate" or an environment.',
        { '*': 'gate' },
      ),
    ),
    remote: shape.optional(
      shape.object(
        {
          folder: shape.optional(
            shape.text({
              pattern: /\S/,
              wants: 'a folder',
              description: 'Folder that the machines of a team see: absolute, or relative to the project. Either this, "s3" or "http".',
            }),
          ),
          s3: shape.optional(remoteBucket),
          http: shape.optional(remoteServer),
          zones: shape.optional(
            shape.described(
              shape.record(shape.oneOf(zones)),
              'Branch or pattern ("*" matches anything; the first that fits counts) and the zone of its runs. Default: "main" on a machine of your own; in a CI "main" for main and master, "branch" for others.',
            ),
          ),
          required: shape.optional(
            shape.described(shape.boolean(), 'Whether a run fails when the remote does not answer, instead of going on without it.', false),
          ),
        },
        { description: 'Where results of steps, data and histories of deployments are shared. Default: nowhere.' },
      ),
    ),
    signatures: shape.optional(signatures),
    keep: shape.optional(keep),
    salt: shape.optional(salt('Any text: another one makes every step of the project run again.')),
    monitors: named(monitor, 'Monitors, by the service that they watch.'),
  },
  { description: 'A Tidegate project: from data to a model in production.' },
);

export type ProjectFile = shape.TypeOf<typeof projectFile>;
