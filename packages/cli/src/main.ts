import { commandLine } from './command-line.ts';
import { processSurroundings } from './surroundings.ts';

const code = await commandLine(process.argv.slice(2), processSurroundings());
process.exitCode ??= code;
