import { speakWebHdfs } from '../../support/hdfs/transport.ts';

speakWebHdfs();
await import('../sink/check.test.ts');
