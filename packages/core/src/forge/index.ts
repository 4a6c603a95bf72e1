export { type CiContext, readCiContext } from './ci-context.ts';
