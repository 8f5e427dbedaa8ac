import { speakWebHdfs } from '../../support/hdfs/transport.ts';

speakWebHdfs();
await import('../partition-writer/roll.test.ts');
