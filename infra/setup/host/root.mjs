import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. Setup runs from its source, because dist/ may not exist yet. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
