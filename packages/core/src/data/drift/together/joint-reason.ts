import type { JointFinding } from '@tidegate/formats';

/**
 * What was found, as a sentence with the numbers.
 *
 * @param passing what it had to be below to pass
 */
export function jointReason(finding: Omit<JointFinding, 'reason' | 'adjustedPValue'>, passing: number): string {
  const { verdict, measure, value, low, high, limit, rows, smallest } = finding;
  const counted = `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
  const measured = measure === 'auc' ? 'AUC' : measure === 'correlation' ? 'a correlation by' : measure;
  const matters = (from: number): string => `${figure(from)} matters`;
  const seen = smallest === null ? '' : `; from ${figure(smallest)} on it would be found`;
  switch (verdict) {
    case 'fail':
      return `${subjectOf(finding)} changed: ${measured} ${figure(value)} (at least ${figure(low)}, ${matters(limit)})${byWhat(finding)}, ${counted}`;
    case 'pass':
      return `${subjectOf(finding)} did not change so that it shows: ${measured} at most ${figure(high)}, ${matters(passing)}, ${counted}${seen}`;
    case 'inconclusive':
    case 'invalid':
      return `${subjectOf(finding)} cannot be judged by ${counted}: ${measured} ${figure(value)}, at most ${figure(high)}, ${matters(passing)}${seen}`;
  }
}

function subjectOf({ name, columns }: Pick<JointFinding, 'name' | 'columns'>): string {
  if (name === 'classifier') return `What ${columns.length} columns do together`;
  if (name === 'pairs') return `Which of ${columns.length} columns go together`;
  if (name === 'reconstruction') return `How ${columns.length} columns fit together`;
  const [column = ''] = columns;
  if (name.startsWith('embedding.')) return `Where the vectors of ${column} lie`;
  if (name.endsWith('.characters')) return `How long the texts of ${column} are`;
  if (name.endsWith('.writing')) return `How the texts of ${column} are written`;
  if (name.endsWith('.words')) return `How many words the texts of ${column} have`;
  return `Which words the texts of ${column} have`;
}

function byWhat({ telling, pairs }: Pick<JointFinding, 'telling' | 'pairs'>): string {
  if (pairs.length > 0) return `: ${pairs.slice(0, 3).map(changeOf).join(', ')}`;
  return telling.length === 0
    ? ''
    : `, most by ${telling
        .slice(0, 3)
        .map(({ column }) => column)
        .join(', ')}`;
}

function changeOf({ terms, reference, current }: JointFinding['pairs'][number]): string {
  return `${terms.join(' and ')} from ${figure(reference)} to ${figure(current)}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
