/**
 * Node's own flags for each role. The unit files, the image and `npm run producer` have the same.
 */
export const NODE_FLAGS = {
  // The events of a batch live so long that V8 copies each of them twice before it is garbage.
  // With a young generation of 64 MB instead of 16 MB, batches take a quarter less processor time.
  // That costs about 100 MB of memory.
  producer: ['--enable-source-maps', '--max-semi-space-size=64'],
  sink: ['--enable-source-maps'],
} as const;
