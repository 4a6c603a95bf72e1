import { resolve } from 'node:path';

/**
 * The command line that tests start with Node: as it is published where one was laid out for many tests (`TIDEGATE_TEST_PROGRAM`), which
 * starts in a third of the CPU time; that of the checkout elsewhere.
 */
export const tidegateProgram: string = process.env['TIDEGATE_TEST_PROGRAM'] ?? resolve(import.meta.dirname, '../../cli/bin/tidegate.js');
