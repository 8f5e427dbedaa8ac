import { speakHdfs } from '../../support/transport.ts';

speakHdfs();
await import('../pipeline.test.ts');
