import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. Setup runs from its source: there may be no dist/ yet. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
