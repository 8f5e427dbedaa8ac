/** What Node itself is told of each role; the unit files, the image and `npm run producer` say the same. */
export const NODE_FLAGS = {
  // Events of batches are on their way for so long that V8 takes them for old: it copies each twice before it is garbage.
  // With 64 MB for the young instead of 16 a batch took a quarter less of the processors, for some 100 MB of memory.
  producer: ['--enable-source-maps', '--max-semi-space-size=64'],
  sink: ['--enable-source-maps'],
} as const;
