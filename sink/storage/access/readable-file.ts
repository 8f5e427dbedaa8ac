import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { text } from '../../../producer/contract/settings.ts';
import { parseToken } from '../token-file.ts';

/**
 * The path of a file that the process can read.
 *
 * @param content what the file must hold, for the message
 */
const readableFile = (content: string, isRight: (text: string) => boolean) =>
  v.pipe(
    text(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const message = findFault(dataset.value, content, isRight);
      if (message !== undefined) addIssue({ message });
    }),
  );

function findFault(path: string, content: string, isRight: (text: string) => boolean): string | undefined {
  try {
    return isRight(readFileSync(path, 'utf8')) ? undefined : `${path} does not hold ${content}`;
  } catch (error) {
    return `${path} cannot be read: ${error instanceof Error && 'code' in error ? error.code : error}`;
  }
}

export const tokenFile = readableFile('a delegation token', (content) => parseToken(content) !== undefined);

export const certificateFile = readableFile('certificates as PEM', (pem) => {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return found.map((certificate) => new X509Certificate(certificate)).length > 0;
  } catch {
    return false;
  }
});
