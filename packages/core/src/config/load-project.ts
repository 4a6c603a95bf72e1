import { basename, join } from 'node:path';
import { type Diagnostic, failure, type shape } from '@tidegate/formats';
import { existsSync } from '../platform/index.ts';
import { checkBranches, checkEnvironments, checkServices } from './check/check-environments.ts';
import { checkFanOuts } from './check/check-fan-outs.ts';
import { checkAlternatives, checkFiles, checkPush } from './check/check-files.ts';
import { checkLater, checkTargets } from './check/check-later.ts';
import { checkModels } from './check/check-models.ts';
import { checkMonitors } from './check/check-monitors.ts';
import { checkPlaces } from './check/check-places.ts';
import { checkSources } from './check/check-sources.ts';
import { checkTables } from './check/check-tables.ts';
import { checkStable } from './check/check-stable.ts';
import { checkConditions, checkPools } from './check/check-scheduling.ts';
import { checkStepCycles } from './check/check-step-cycles.ts';
import { checkInputs, checkOutputs, checkTables as checkTestedTables } from './check/check-steps.ts';
import type { Check, ProjectDraft, Report } from './check/draft.ts';
import { projectFile } from './file/project-file.ts';
import { fillDefaults } from './fill-defaults.ts';
import type { ProjectConfig } from './project-config.ts';
import { firstMistakes } from './yaml/mistake.ts';
import { diagnosticAt, diagnosticOfProblem, errorOf, readYamlText } from './yaml/parse-yaml.ts';
import { readYaml, type ReadYaml, type YamlDocument } from './yaml/yaml-document.ts';
import { yamlLimits } from './yaml/yaml-limits.ts';
import { readYamlAgain } from './yaml/yaml-memory.ts';

/** The name of the file that makes a folder a project. */
export const projectFileName = 'tidegate.yaml';

export interface LoadOptions {
  /** A dataset whose data contract may be missing, because it is about to be made: the dataset has none then. */
  readonly contractToCome?: string;
}

export interface LoadedProject {
  readonly config: ProjectConfig;
  /** The file, for places of mistakes that upper tiers find: `diagnosticAt(source, ['models', 'delay', 'artifact'], …)`. */
  readonly source: YamlDocument;
}

const checks: readonly Check[] = [
  checkAlternatives,
  checkFiles,
  checkSources,
  checkPlaces,
  checkTables,
  checkPush,
  checkInputs,
  checkTestedTables,
  checkOutputs,
  checkStepCycles,
  checkStable,
  checkFanOuts,
  checkPools,
  checkConditions,
  checkModels,
  checkServices,
  checkTargets,
  checkEnvironments,
  checkBranches,
  checkMonitors,
];

/**
 * Reads `tidegate.yaml` in `root`, checks everything that can be checked without reading data or features, and fills in defaults.
 *
 * @param memory folder where the value of a long file is remembered, so that it is not parsed again as long as it is the same
 * @throws TidegateError with every mistake, each with its place.
 */
export async function loadProject(root: string, memory?: string, options: LoadOptions = {}): Promise<LoadedProject> {
  if (!existsSync(join(root, projectFileName)))
    throw failure(
      'TG-CONFIG-FILE-MISSING',
      `Cannot open the project "${root}": it has no "${projectFileName}"`,
      'Make one with "tidegate init"',
    );
  const text = await readYamlText(join(root, projectFileName), projectFileName);
  if (memory === undefined) return checkProject(readYaml(projectFileName, text), root, options);
  return checkProject(await readYamlAgain(projectFileName, text, { folder: memory, place: root }), root, options);
}

/** As {@link loadProject}, for a text; the files it names are looked for in `root`. */
export function parseProject(text: string, root: string): LoadedProject {
  return checkProject(readYaml(projectFileName, text), root, {});
}

function checkProject({ document, diagnostics, others }: ReadYaml, root: string, { contractToCome }: LoadOptions): LoadedProject {
  if (document === null) throw errorOf(firstMistakes(diagnostics, others));
  const problems: shape.Problem[] = [];
  const read = projectFile.check(document.value, [], problems);
  const file = read === undefined || contractToCome === undefined ? read : withoutContract(read, contractToCome, root);
  const all = [
    ...diagnostics,
    ...problems.map((problem) => diagnosticOfProblem(document, problem)),
    ...(file === undefined ? [] : checkAll(document, file, root)),
  ];
  if (file === undefined || all.length > 0) throw errorOf(firstMistakes(all, others));
  return { config: fillDefaults(file, basename(root)), source: document };
}

/** The same where the data contract of the dataset is there. */
function withoutContract<D extends ProjectDraft>(draft: D, dataset: string, root: string): D {
  const found = draft.data?.[dataset];
  if (found?.contract === undefined || existsSync(join(root, found.contract))) return draft;
  const { contract: _, ...others } = found;
  return { ...draft, data: { ...draft.data, [dataset]: others } };
}

function checkAll(document: YamlDocument, draft: ProjectDraft, root: string): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (path, { code, message, hint, at }) => {
    const given = typeof hint !== 'function' ? hint : found.length < yamlLimits.mistakes ? hint() : null;
    found.push(diagnosticAt(document, path, { code, message, hint: given, ...(at && { at }) }));
  };
  checkLater(document.value, report);
  for (const check of checks) check(draft, report, root);
  return found;
}
