import type { Annotation } from '@tidegate/core';
import { createHash } from 'node:crypto';

/** As SARIF 2.1.0 has it: the parts that code-scanning pages read. */
interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly name: string; readonly version: string; readonly rules: readonly SarifRule[] } };
      readonly originalUriBaseIds: { readonly SRCROOT: { readonly description: { readonly text: string } } };
      readonly results: readonly SarifResult[];
      readonly columnKind: 'utf16CodeUnits';
    },
  ];
}

interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: 'error' | 'warning';
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId: 'SRCROOT' };
      readonly region: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: { readonly 'tidegate/1': string };
}

const descriptions: { readonly [rule: string]: string } = {
  test: 'A test does not pass',
  check: 'Data does not keep a check',
  anomaly: 'A dataset version is unusual',
  leakage: 'A training or test set knows what it could not have known',
  limit: 'A limit of the gate is not kept',
  comparison: 'A model is not shown to be as good as the champion',
  slice: 'A model is not shown to be as good as the champion in a slice',
  validity: 'A measurement cannot be trusted',
};

/** Results that GitHub takes of one file at most. */
const mostResults = 5_000;

/** What does not pass as a SARIF 2.1.0 file; the same thing has the same fingerprint in every run, wherever its line is by then. */
export function sarifFile(annotations: readonly Annotation[], version: string): string {
  const shown = annotations.slice(0, mostResults);
  const ids = [...new Set(shown.map(({ rule }) => rule))];
  const log: SarifLog = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Tidegate',
            version,
            rules: ids.map((id) => ({ id, shortDescription: { text: descriptions[id] ?? 'A step could not be done' } })),
          },
        },
        originalUriBaseIds: { SRCROOT: { description: { text: 'The top of the repository' } } },
        results: shown.map((one) => resultOf(one, ids)),
        columnKind: 'utf16CodeUnits',
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf({ level, rule, subject, name, file, line, message }: Annotation, ids: readonly string[]): SarifResult {
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level,
    message: { text: message.toWellFormed() },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' },
          region: { startLine: line },
        },
      },
    ],
    partialFingerprints: {
      'tidegate/1': createHash('sha256')
        .update(JSON.stringify([rule, subject, name]))
        .digest('hex'),
    },
  };
}
