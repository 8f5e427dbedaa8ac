import { once } from 'node:events';
import { terminalLines, terminalText } from '../../runtime/cli/terminal-text.ts';
import { versionLine } from '../../runtime/cli/version.ts';
import { contentOf, filesBelow, HdfsAnswerError } from './hdfs-reader.ts';
import { type HdfsReaderConfig, readHdfsReaderConfig } from './reader-config.ts';

/** `npm run hdfs -- ls [path]` and `npm run hdfs -- cat [path]` read HDFS over WebHDFS. */
const USAGE = `npm run hdfs -- ls [path]     lists the files below a path with their sizes
npm run hdfs -s -- cat [path] prints their content, open segments too
The default of the path is HDFS_DIR (/data). HDFS_URL names the NameNode, HDFS_USER the user.`;

async function list(config: HdfsReaderConfig, path: string): Promise<void> {
  let files = 0;
  for await (const { path: file, bytes } of filesBelow(config, path)) {
    files += 1;
    console.log(`${String(bytes).padStart(12)}  ${terminalText(file)}`);
  }
  if (files === 0) console.error(`no files below ${terminalText(path)}`);
}

async function print(config: HdfsReaderConfig, path: string): Promise<void> {
  for await (const file of filesBelow(config, path)) {
    try {
      for await (const chunk of contentOf(config, file)) {
        if (!process.stdout.write(shown(chunk))) await once(process.stdout, 'drain');
      }
    } catch (error) {
      // The sink renames a finished segment. The files that follow can still be read.
      if (!(error instanceof HdfsAnswerError && error.isNotFound)) throw error;
      console.error(`${terminalText(file.path)} has been renamed meanwhile`);
    }
  }
}

/** The bytes as they are, but for a terminal, which would obey what lines of strangers say. */
const shown = (chunk: Uint8Array): Uint8Array | string =>
  process.stdout.isTTY ? terminalLines(decoder.decode(chunk, { stream: true })) : chunk;

async function run(command: 'ls' | 'cat', path: string | undefined): Promise<void> {
  try {
    await commands[command](config, path ?? config.folder);
  } catch (error) {
    if (error instanceof HdfsAnswerError) throw error;
    const { urls } = config;
    throw new Error(`HDFS does not answer at ${urls.join(', ')}. Is npm start running? (${String(error)})`);
  }
}

const decoder = new TextDecoder();
const commands = { ls: list, cat: print };
const [command, path] = process.argv.slice(2);
const config = readHdfsReaderConfig();
// The reader of the output may end before this process does: `| head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
if (command === 'ls' || command === 'cat') {
  await run(command, path).catch((error: Error) => {
    console.error(terminalLines(error.message));
    process.exitCode = 1;
  });
} else if (command === '--version') {
  console.log(versionLine('hdfs'));
} else {
  const wrong = command === undefined ? '' : `${JSON.stringify(command)} is not expected here\n`;
  console.error(`${wrong}${USAGE}`);
  process.exitCode = 2;
}
