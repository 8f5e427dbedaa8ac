import { delimiter, join } from 'node:path';
import { runCommand } from '../host/command.mjs';
import { root } from '../host/root.mjs';

/** TypeScript of the `.proto` files in sink/hdfs/protocol, to sink/hdfs/generated. */
export async function generateMessages() {
  const bin = join(root, 'node_modules/.bin');
  await runCommand({
    what: 'buf generate',
    command: join(bin, 'buf'),
    args: ['generate', '--template', 'sink/hdfs/buf.gen.yaml'],
    // buf looks for its plugin on the path.
    env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
  });
}
