import { scenarios, testScenario } from './rig/test-scenario.ts';

scenarios.slice(1).forEach(testScenario);
