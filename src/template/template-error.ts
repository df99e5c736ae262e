/** Resource Manager's codes for what is wrong with a template. */
export type TemplateErrorCode =
  | 'InvalidTemplate'
  | 'InvalidTemplateDeployment'
  | 'DeploymentOutputEvaluationFailed'
  | 'InvalidDeploymentParameterValue';

/**
 * A template that can't be deployed, in Resource Manager's words; answer it as status 400
 * `{ error: { code, message } }`.
 */
export class TemplateError extends Error {
  readonly code: TemplateErrorCode;
  /** e.g. `'parameters.baseName'`, `'resources[2].properties'`: where in the template, when known. */
  readonly target: string | undefined;

  constructor(code: TemplateErrorCode, message: string, options: { target?: string } = {}) {
    super(message);
    this.name = 'TemplateError';
    this.code = code;
    this.target = options.target;
  }
}
