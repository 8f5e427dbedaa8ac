import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NODE_FLAGS } from '../../../infra/local/process/node-flags.ts';
import { root } from '../../../infra/local/process/root.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('what Node is told of the producer', () => {
  it('is the same in the unit file and in the image as in a local run', () => {
    const command = ['node', ...NODE_FLAGS.producer];
    expect(read('infra/systemd/web-events-producer.service')).toContain(`ExecStart=${command.join(' ')} /`);
    expect(read('infra/compose/Dockerfile')).toContain(
      `ENTRYPOINT ${JSON.stringify([...command, 'dist/producer/main.js']).replaceAll(',', ', ')}`,
    );
  });

  it('has as much room for the young in `npm run producer`', () => {
    expect(read('package.json')).toContain(`"exec node ${NODE_FLAGS.producer[1]} dist/producer/main.js"`);
  });
});
