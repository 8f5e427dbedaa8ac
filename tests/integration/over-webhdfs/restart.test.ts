import { speakWebHdfs } from '../../support/hdfs/transport.ts';

speakWebHdfs();
await import('../partition-writer/restart.test.ts');
