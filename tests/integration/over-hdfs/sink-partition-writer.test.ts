import { speakHdfs } from '../../support/transport.ts';

speakHdfs();
await import('../sink-partition-writer.test.ts');
