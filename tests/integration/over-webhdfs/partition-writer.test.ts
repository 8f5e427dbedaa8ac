import { speakWebHdfs } from '../../support/hdfs/transport.ts';

speakWebHdfs();
await import('../partition-writer/partition-writer.test.ts');
