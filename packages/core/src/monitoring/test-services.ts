import { type ProjectConfig, parseProject } from '../config/index.ts';

/** A project with a staging before production, and these services of one model. */
export function projectWith(services: string): ProjectConfig {
  const text = `version: 1
project: harbour
data: { tides: { from: { files: tides.csv } } }
steps: { train: { run: python train.py, out: { model: model.pkl } } }
models: { tide: { artifact: steps.train.model, evaluate: { on: data.tides, label: height, metrics: [rmse] } } }
services: ${services}
environments: { staging: {}, production: { after: staging } }
`;
  return parseProject(text, import.meta.dirname).config;
}
