import { speakHdfs } from '../../support/hdfs/transport.ts';

speakHdfs();
await import('../pipeline.test.ts');
