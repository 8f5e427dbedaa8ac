import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type ScalarTag, type Tags, type YAMLSeq } from 'yaml';
import { root } from '../../../infra/local/process/root.ts';

export const LAMBDA_FOLDER = join(root, 'infra/lambda');

interface Parameter {
  readonly Default?: string;
}

interface LambdaFunction {
  readonly Metadata: { readonly DockerContext: string; readonly Dockerfile: string };
  readonly Properties: {
    readonly Timeout: number;
    readonly Environment: { readonly Variables: Readonly<Record<string, string | { Ref: string }>> };
  };
}

export interface LambdaTemplate {
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Resources: { readonly Producer: LambdaFunction };
}

/** Parses CloudFormation's short forms to the objects they stand for. */
const TAGS: Tags = [
  ...['Ref', 'Sub', 'GetAtt'].map(
    (name): ScalarTag => ({ tag: `!${name}`, resolve: (value) => ({ [name]: value }) }),
  ),
  ...['If', 'Not', 'Equals', 'Join'].map((name) => ({
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (items: unknown) => ({ [name]: (items as YAMLSeq).items }),
  })),
];

export function readLambdaTemplate(): LambdaTemplate {
  return parse(readFileSync(join(LAMBDA_FOLDER, 'template.yaml'), 'utf8'), { customTags: TAGS });
}
