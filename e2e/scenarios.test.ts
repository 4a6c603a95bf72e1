import { scenarios, testScenario } from './rig/test-scenario.ts';

scenarios.slice(0, 1).forEach(testScenario);
