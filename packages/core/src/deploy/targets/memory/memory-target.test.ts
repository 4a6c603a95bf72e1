import { digestOfBytes } from '../../../platform/index.ts';
import { targetConformance } from '../../target.conformance.ts';
import { memoryWorld } from './memory-target.ts';

targetConformance('memory target', async () => {
  const world = memoryWorld();
  return {
    target: world.target,
    release: async (answer, { broken } = {}) => {
      const digest = digestOfBytes(`${answer}${broken ?? ''}`);
      world.script(digest, {
        answer: () => ({ status: 200, headers: {}, body: answer }),
        ...(broken && { broken: 'the model is broken' }),
      });
      return { digest, folder: '/nowhere' };
    },
    ask: async (address) => {
      const signal = new AbortController().signal;
      return (await world.send({ url: `${address}/`, method: 'GET', headers: {}, body: null, timeoutMs: 1_000, signal })).body;
    },
    killServer: async (place) => world.kill(place, 'server'),
    killSupervisor: async (place) => world.kill(place, 'supervisor'),
    [Symbol.asyncDispose]: async () => {},
  };
});
