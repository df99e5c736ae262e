import { isJsonObject, type Json, type JsonObject } from '../../../base/json.js';

/** A step or a request for a run as it is shown: secret values and access tokens are null. */
export function withoutStepSecrets(step: JsonObject): JsonObject {
  return {
    ...step,
    ...('arguments' in step && { arguments: withoutValues(step['arguments']) }),
    ...('values' in step && { values: withoutValues(step['values']) }),
    ...('contextAccessToken' in step && { contextAccessToken: null }),
  };
}

/** Registries that are signed in to, without user names and passwords. */
export function withoutPasswords(credentials: Json | undefined): Json {
  if (!isJsonObject(credentials)) return credentials ?? null;
  const { customRegistries } = credentials;
  if (!isJsonObject(customRegistries)) return credentials;
  const registries = Object.entries(customRegistries).map(([server, login]) => {
    const identity = isJsonObject(login) ? (login['identity'] ?? null) : null;
    return [server, { userName: null, password: null, identity }];
  });
  return { ...credentials, customRegistries: Object.fromEntries(registries) as JsonObject };
}

/** A request for a run, its overrides of a task's step included. */
export function withoutRequestSecrets(request: JsonObject): JsonObject {
  const overrides = request['overrideTaskStepProperties'];
  return {
    ...withoutStepSecrets(request),
    ...('credentials' in request && { credentials: withoutPasswords(request['credentials']) }),
    ...(isJsonObject(overrides) && { overrideTaskStepProperties: withoutStepSecrets(overrides) }),
  };
}

function withoutValues(list: Json | undefined): Json {
  if (!Array.isArray(list)) return list ?? null;
  return list.map((item) =>
    isJsonObject(item) && item['isSecret'] === true ? { ...item, value: null } : item,
  );
}
