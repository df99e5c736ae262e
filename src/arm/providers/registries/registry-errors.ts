import { ArmError } from '../../errors.js';

function refusal(status: number, code: string, message: string): ArmError {
  return new ArmError({ status, code, message });
}

const NAME_RULE =
  'Resource names may contain alpha numeric characters only and must be between 5 and 50 characters.';

/** Refusals of the container-registry provider. */
export const registryErrors = {
  invalidName: (name: string) =>
    refusal(400, 'InvalidResourceName', `The registry name '${name}' is invalid. ${NAME_RULE}`),
  alreadyInUse: (name: string) =>
    refusal(
      409,
      'AlreadyInUse',
      `The registry DNS name ${name}.azurecr.io is already in use. You can check if the name is already claimed ` +
        'with the checkNameAvailability operation.',
    ),
  invalidSku: (sku: string) =>
    refusal(
      400,
      'InvalidSku',
      `The registry SKU '${sku}' is not valid. Valid values are Basic, Standard and Premium.`,
    ),
  skuRequired: () => refusal(400, 'InvalidRequestContent', "The property 'sku.name' is required."),
  invalidProperty: (name: string, expected: string) =>
    refusal(400, 'InvalidParameter', `The property '${name}' must be ${expected}.`),
  adminDisabled: (id: string) =>
    refusal(
      400,
      'UnAuthorizedForCredentialOperations',
      `Cannot perform credential operations for ${id} as admin user is disabled. Kindly enable admin user as per docs: ` +
        'https://docs.microsoft.com/en-us/azure/container-registry/container-registry-authentication#admin-account',
    ),
  invalidPasswordName: (name: string) =>
    refusal(
      400,
      'InvalidPasswordName',
      `The password name '${name}' is not valid. Valid values are password and password2.`,
    ),
} as const;

export const REGISTRY_NAME = /^[A-Za-z0-9]{5,50}$/;
export const REGISTRY_NAME_RULE = `The specified resource name is invalid. ${NAME_RULE}`;
