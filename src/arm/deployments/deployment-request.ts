import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import type { ParameterValues } from '../../template/deployment-plan.js';
import { armErrors } from '../errors.js';
import { deploymentErrors } from './deployment-errors.js';

/** What a client asks to deploy. */
export interface DeploymentRequest {
  template: JsonObject;
  parameters: ParameterValues;
  mode: 'Incremental' | 'Complete';
  location: string | undefined;
  tags: JsonObject | undefined;
  /** e.g. `{ uri }`; the template came from there. */
  templateLink: JsonObject | undefined;
}

/** Fetches what a `templateLink` points to. @param uri absolute, http or https */
export type ReadTemplateLink = (uri: string) => Promise<Json>;

/**
 * Reads the body of a deployment's PUT, validate or what-if.
 *
 * @throws ArmError InvalidRequestContent (400); NotImplemented (501) for what is not there yet
 */
export async function readDeploymentRequest(
  body: JsonObject,
  readLink: ReadTemplateLink | undefined,
): Promise<DeploymentRequest> {
  const { properties, location, tags } = body;
  if (!isJsonObject(properties)) {
    throw deploymentErrors.invalidRequest("The request content has no 'properties'.");
  }
  if (properties['onErrorDeployment'] != null) {
    throw armErrors.notImplemented('deployment with onErrorDeployment');
  }
  const { template, templateLink } = await readTemplate(properties, readLink);
  return {
    template,
    templateLink,
    parameters: await readParameters(properties, readLink),
    mode: readMode(properties['mode']),
    location: typeof location === 'string' ? location : undefined,
    tags: isJsonObject(tags) ? tags : undefined,
  };
}

async function readTemplate(
  properties: JsonObject,
  readLink: ReadTemplateLink | undefined,
): Promise<{ template: JsonObject; templateLink: JsonObject | undefined }> {
  const { template, templateLink } = properties;
  if (isJsonObject(template) && isJsonObject(templateLink))
    throw deploymentErrors.invalidRequest(
      "The deployment has both 'template' and 'templateLink': give one of them.",
    );
  if (isJsonObject(template)) return { template, templateLink: undefined };
  const linked = await followLink(templateLink, readLink);
  if (isJsonObject(linked) && isJsonObject(templateLink)) return { template: linked, templateLink };
  throw deploymentErrors.invalidRequest(
    "The deployment has no template: give 'template' or 'templateLink' as an object.",
  );
}

async function readParameters(
  properties: JsonObject,
  readLink: ReadTemplateLink | undefined,
): Promise<ParameterValues> {
  const linked = await followLink(properties['parametersLink'], readLink);
  const given =
    properties['parameters'] ?? (isJsonObject(linked) ? linked['parameters'] : {}) ?? {};
  if (!isJsonObject(given)) {
    throw deploymentErrors.invalidRequest("The deployment's 'parameters' is not an object.");
  }
  // a whole parameters file instead of its `parameters` is a common slip that Azure forgives
  const { parameters: inner } = given;
  const values = isJsonObject(inner) && typeof given['$schema'] === 'string' ? inner : given;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, readParameter(name, value)]),
  );
}

function readParameter(name: string, given: Json): { value?: Json } {
  if (!isJsonObject(given)) {
    throw deploymentErrors.invalidRequest(
      `The parameter '${name}' is not of the form { "value": … }.`,
    );
  }
  if (given['reference'] !== undefined) {
    throw armErrors.notImplemented(`deployment parameter '${name}' as a key vault reference`);
  }
  const { value } = given;
  return value === undefined ? {} : { value };
}

async function followLink(
  link: Json | undefined,
  readLink: ReadTemplateLink | undefined,
): Promise<Json | undefined> {
  if (!isJsonObject(link)) return undefined;
  const { uri, queryString } = link;
  if (typeof uri !== 'string' || !/^https?:\/\//i.test(uri)) {
    throw deploymentErrors.invalidRequest(
      "A template or parameters link needs 'uri', an http or https address.",
    );
  }
  if (readLink === undefined) throw armErrors.notImplemented('deployment by templateLink');
  return readLink(typeof queryString === 'string' ? `${uri}?${queryString}` : uri);
}

function readMode(mode: Json | undefined): 'Incremental' | 'Complete' {
  const text = typeof mode === 'string' ? mode.toLowerCase() : 'incremental';
  if (text === 'incremental') return 'Incremental';
  if (text === 'complete') return 'Complete';
  throw deploymentErrors.invalidRequest(
    "The deployment's 'mode' must be 'Incremental' or 'Complete'.",
  );
}
