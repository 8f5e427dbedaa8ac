import { speakWebHdfs } from '../../support/hdfs/transport.ts';

speakWebHdfs();
await import('../partition-writer/chance.test.ts');
