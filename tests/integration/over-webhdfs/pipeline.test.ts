import { speakWebHdfs } from '../../support/hdfs/transport.ts';

speakWebHdfs();
await import('../pipeline.test.ts');
