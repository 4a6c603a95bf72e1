export { commandKind } from './command-kind.ts';
export { commandNodes, testCommandNodes } from './command-nodes.ts';
export { openPrograms } from './program-identity.ts';
export type { CommandDeps } from './step-process.ts';
export { reportOf, testCommandKind } from './test-command-kind.ts';
export { stepVariables } from './variables.ts';
export { askOnce } from './ask-once.ts';
export { type Building, openVirtualEnvironments, type PythonChoice, type VirtualEnvironments } from './virtual-environments.ts';
