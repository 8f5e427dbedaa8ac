import { delimiter, join } from 'node:path';
import { runCommand } from '../host/command.mjs';
import { root } from '../host/root.mjs';

/** Writes TypeScript for the `.proto` files in sink/hdfs/protocol to sink/hdfs/generated. */
export async function generateMessages() {
  const bin = join(root, 'node_modules/.bin');
  await runCommand({
    what: 'buf generate',
    command: join(bin, 'buf'),
    args: ['generate', '--template', 'sink/hdfs/buf.gen.yaml'],
    // buf looks for its plugin on the PATH.
    env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
  });
}
