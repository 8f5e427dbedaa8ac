/** A line that librdkafka logs. */
export interface LogLine {
  /** As syslog has it: 0 is an emergency, 7 is for debugging. */
  readonly severity: number;
  /** A short word for the part of librdkafka. */
  readonly fac: string;
  readonly message: string;
}

const DEBUG = 7;

/** A listener for `event.log` that passes on only what the property `debug` asks for. */
export const ofDebug =
  (say: (line: LogLine) => void) =>
  (line: LogLine): void => {
    if (line.severity === DEBUG) say(line);
  };

/** A listener for `event.log` that passes on everything else: the causes of failures. */
export const ofTrouble =
  (say: (message: string) => void) =>
  ({ severity, message }: LogLine): void => {
    if (severity < DEBUG) say(message);
  };

interface DebugLog {
  debug(fields: object, message: string): void;
}

/** Passes a debug line on to the log of a role. */
export const toLog =
  (log: DebugLog) =>
  ({ fac, message }: LogLine): void =>
    log.debug({ librdkafka: fac }, message);

/** Shows a debug line beside the output of a command. */
export const toStandardError = ({ fac, message }: LogLine): void => {
  process.stderr.write(`${fac}: ${message}\n`);
};
