import type { HitByColumn, Readers } from '@tidegate/core';

/** `weather.rain`, or the dataset alone where the change is about all of it. */
export function hitPlace({ dataset, column }: HitByColumn): string {
  return column === null ? `data.${dataset}` : `${dataset}.${column}`;
}

/** Everybody who reads something by name, what is live last: `features.delivery`, `steps.train`, `delivery-api in production`. */
export function readerNames({ features, steps, models, live }: Readers): readonly string[] {
  return [
    ...features.map((name) => `features.${name}`),
    ...steps.map((name) => `steps.${name}`),
    ...models.map((name) => `models.${name}`),
    ...live.map(({ service, environment }) => `${service} in ${environment}, live`),
  ];
}
