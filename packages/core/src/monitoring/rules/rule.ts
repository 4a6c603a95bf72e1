/** A rule as Prometheus reads it: it records an expression under a name, or alerts while one has a result. */
export type Rule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Labels;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression must have had a result, as a duration of Prometheus. */
  readonly for?: string;
  readonly labels: Labels & { readonly severity: Severity };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** `page`: somebody is to look now. `ticket`: on a working day. */
export type Severity = 'page' | 'ticket';

export type Labels = { readonly [name: string]: string };

export interface RuleGroup {
  readonly name: string;
  /** Evaluated one after the other: a rule sees what those before it recorded. */
  readonly rules: readonly Rule[];
}
