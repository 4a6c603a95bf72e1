import { counted } from './words.ts';

export interface RowsForgotten {
  readonly dataset: string;
  readonly id: string;
  readonly erased: number;
}

/** That rows which another machine has forgotten are forgotten here as well. */
export function rowsForgottenWords({ dataset, id, erased }: RowsForgotten): string {
  return `data.${dataset}: rows that another machine has forgotten (${id}) are forgotten here: ${counted(erased, 'object')} erased.`;
}
