import assert from 'node:assert/strict';
import { test, type TestContext, type TestOptions } from 'node:test';
import type { Forge, StatusState } from './forge.ts';

/** A pull request on a forge, and what is seen there by somebody who looks. */
export interface ReviewPlace {
  readonly forge: Forge;
  readonly pullRequest: number;
  readonly commit: string;
  /** Texts of all comments of the pull request, oldest first. */
  readonly comments: () => Promise<readonly string[]>;
  /** A comment of another user. */
  readonly commentBySomebody: (body: string) => Promise<void>;
  /** The newest status of that name: the forge's word and what it says; null when there is none. */
  readonly status: (name: string) => Promise<{ readonly state: string; readonly description: string; readonly url: string } | null>;
  readonly words: Readonly<Record<StatusState, string>>;
}

const marker = '<!-- tidegate:ci houses -->';
const said = (text: string): string => `${marker}\n\n## ${text}\n`;

/** What a forge must do. `open` makes a pull request without comments. */
export function forgeConformance(name: string, open: (t: TestContext) => Promise<ReviewPlace>, options: TestOptions = {}): void {
  const behaves = (behaviour: string, body: (place: ReviewPlace) => Promise<void>): void => {
    test(`${name}: ${behaviour}`, options, async (t) => body(await open(t)));
  };

  behaves('the first report makes a comment, every later one updates it', async ({ forge, pullRequest, comments }) => {
    const outcomes = [];
    for (const text of ['one', 'two', 'two']) outcomes.push(await forge.comment({ pullRequest, marker, body: said(text) }));

    assert.deepEqual(outcomes, ['made', 'updated', 'updated']);
    assert.deepEqual(
      (await comments()).map((text) => text.trim()),
      [said('two').trim()],
    );
  });

  behaves('a comment of somebody else is left alone, whatever it begins with, and so is that of another project', async (place) => {
    const { forge, pullRequest, comments, commentBySomebody } = place;
    const other = '<!-- tidegate:ci flights -->';
    await commentBySomebody(said('mine'));
    await forge.comment({ pullRequest, marker: other, body: `${other}\n\nflights\n` });

    assert.equal(await forge.comment({ pullRequest, marker, body: said('ours') }), 'made');
    assert.equal(await forge.comment({ pullRequest, marker, body: said('ours, later') }), 'updated');

    assert.deepEqual(
      (await comments()).map((text) => text.split('\n').at(2)?.trim()),
      ['## mine', 'flights', '## ours, later'],
    );
  });

  behaves('a report of 65,536 characters is taken whole', async ({ forge, pullRequest, comments }) => {
    const body = said('x'.repeat(65_536 - said('').length));

    await forge.comment({ pullRequest, marker, body });

    assert.equal((await comments())[0]?.trim(), body.trim());
  });

  behaves('a status says how it stands at the commit, and may be set again', async ({ forge, commit, status, words }) => {
    const states: readonly StatusState[] = ['running', 'running', 'failed', 'passed', 'broken'];
    for (const state of states) {
      const request = { commit, name: 'tidegate/houses', state, description: `It is ${state}`, url: 'https://ci.example/run/1' };
      await forge.setStatus(request);

      assert.deepEqual(await status('tidegate/houses'), { state: words[state], description: request.description, url: request.url });
    }
  });

  behaves('a long description is cut to what the forge takes', async ({ forge, commit, status }) => {
    await forge.setStatus({ commit, name: 'tidegate/houses', state: 'failed', description: 'x'.repeat(1000), url: null });

    assert.match((await status('tidegate/houses'))?.description ?? '', /^x{100,254}…$/);
  });
}
