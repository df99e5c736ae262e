import type { JsonObject } from '../../../base/json.js';
import type { DeploymentScope, ParameterValues } from '../../../template/deployment-plan.js';
import { textOf } from '../../../template/functions/definition.js';
import type { FindingDraft } from '../../findings/finding.js';
import type { Position } from '../../source/position.js';
import { emptyContents, type TargetContents } from '../contents.js';
import type { ImageName } from '../image-use.js';
import { walkTemplate, type WalkedResource, type WalkResult } from './deployment-walk.js';
import { readImageHolder, type ImageSlot, type ProfilePlatforms } from './image-slots.js';
import { declarationsOf, type TemplateLocator } from './locator.js';
import type { Guess } from './missing-parameters.js';

export interface TemplateInput {
  template: JsonObject;
  parameters: ParameterValues;
  locator: TemplateLocator;
  /** e.g. `'infra/main.bicep'` */
  path: string;
}

export interface TemplateOptions {
  profilePlatforms: ProfilePlatforms;
  /** Where the deployment will go; names that depend on it are known only with both. */
  resourceGroup?: string;
  subscription?: string;
}

/** The images of a template, evaluated as far as it goes before the deployment. */
export async function readTemplateImages(
  input: TemplateInput,
  options: TemplateOptions,
): Promise<TargetContents> {
  const { template, parameters, path, locator } = input;
  const evaluate = (guess: Guess) =>
    walkTemplate(template, parameters, { scope: scopeFor(template, options, guess), guess });
  // What differs between two made-up worlds depends on what is not known in the real one.
  const first = await evaluate('first');
  const second = await evaluate('second');
  const contents = emptyContents();
  contents.findings.push(...troubles(first, path, locator));
  const keys = keysOf(first.resources);
  const others = slotTexts(second.resources, options);
  for (const resource of first.resources) {
    const otherText = (slot: ImageSlot) => others.get(slotKey(keys.get(resource), slot));
    addUses(contents, resource, otherText, locator, options);
  }
  return contents;
}

function addUses(
  contents: TargetContents,
  resource: WalkedResource,
  otherText: (slot: ImageSlot) => string | undefined,
  locator: TemplateLocator,
  options: TemplateOptions,
): void {
  const { planned, known, chain } = resource;
  const holder = readImageHolder(planned.type, known.body, options.profilePlatforms);
  if (!holder) return;
  const { noun, puller, slots, platform, because } = holder;
  for (const slot of slots) {
    const place = locator.locate(chain, known.definition, slot.path);
    contents.uses.push({
      image: imageName(slot, otherText(slot), place.text),
      position: place.position,
      owner: `${noun} ${planned.name}, ${slot.container}`,
      puller,
      needs: [{ platform, because }],
    });
  }
  for (const { path, reason } of known.unknown) {
    const hides = holder.lists.find((list) => isPrefix(path, list));
    if (!hides) continue;
    const place = locator.locate(chain, known.definition, path);
    contents.findings.push({
      code: 'LZ1501',
      message: `The ${String(hides.at(-1))} of ${noun} ${planned.name} were not checked: they are known only later.`,
      evidence: [place.text, reason],
      positions: [place.position],
    });
  }
}

/** @param other what the second evaluation gave */
function imageName(slot: ImageSlot, other: string | undefined, source: string): ImageName {
  if (slot.image !== undefined && slot.image === other) return { text: slot.image };
  return { text: source, unknown: source };
}

function slotTexts(
  resources: readonly WalkedResource[],
  options: TemplateOptions,
): Map<string, string | undefined> {
  const keys = keysOf(resources);
  return new Map(
    resources.flatMap((resource) => {
      const { planned, known } = resource;
      const holder = readImageHolder(planned.type, known.body, options.profilePlatforms);
      return (holder?.slots ?? []).map((slot) => [slotKey(keys.get(resource), slot), slot.image]);
    }),
  );
}

function slotKey(resource: string | undefined, { path }: ImageSlot): string {
  return `${resource ?? ''} ${JSON.stringify(path)}`;
}

/**
 * Names for resources that are the same in both evaluations, where names and ids may differ: the order of
 * their declarations, and of the instances of a loop.
 */
function keysOf(resources: readonly WalkedResource[]): Map<WalkedResource, string> {
  const seen = new Map<string, number>();
  const keys = new Map<WalkedResource, string>();
  for (const resource of resources) {
    const { chain, known } = resource;
    const orders = chain.map(({ template }, index) =>
      declarationsOf(template).indexOf(chain[index + 1]?.deployment ?? known.definition),
    );
    const declaration = orders.join('/');
    const instance = seen.get(declaration) ?? 0;
    seen.set(declaration, instance + 1);
    keys.set(resource, `${declaration}#${instance}`);
  }
  return keys;
}

function isPrefix(path: readonly unknown[], of: readonly unknown[]): boolean {
  return path.length <= of.length && path.every((step, index) => step === of[index]);
}

function troubles(
  { errors, missing, linked }: WalkResult,
  path: string,
  locator: TemplateLocator,
): FindingDraft[] {
  const start: Position = { file: path, line: 1, column: 1 };
  return [
    ...errors.map(({ error: { message }, sure }): FindingDraft => ({
      code: sure ? 'LZ1503' : 'LZ1501',
      message: sure
        ? `${path} would be refused: ${message}`
        : `${path} was not checked: with values missing it can't be evaluated.`,
      ...(!sure && { evidence: [message] }),
      positions: [start],
    })),
    ...missing.map((name): FindingDraft => ({
      code: 'LZ1504',
      message: `The parameter ${name} of ${path} has no value.`,
      fix: `--parameters ${name}=VALUE`,
      positions: [locator.parameter(name) ?? start],
    })),
    ...linked.map((name): FindingDraft => ({
      code: 'LZ1501',
      message: `The template of the nested deployment ${name} was not checked: it is not in the file.`,
      positions: [start],
    })),
  ];
}

const GUESSED_SUBSCRIPTION: Readonly<Record<Guess, string>> = {
  first: '11111111-1111-1111-1111-111111111111',
  second: '22222222-2222-2222-2222-222222222222',
};

function scopeFor(
  template: JsonObject,
  { resourceGroup, subscription }: TemplateOptions,
  guess: Guess,
): DeploymentScope {
  const schema = textOf(template['$schema'] ?? null).toLowerCase();
  const atSubscription = schema.includes('subscriptiondeploymenttemplate');
  const made = guess === 'first' ? 'x' : 'y';
  const location = `${made}region`;
  const base = {
    tenantId: GUESSED_SUBSCRIPTION[guess],
    subscriptionId: subscription ?? GUESSED_SUBSCRIPTION[guess],
    now: new Date(guess === 'first' ? 0 : 86_400_000_000),
    newGuid: () => GUESSED_SUBSCRIPTION[guess],
    deployment: { name: `${made}deployment`, ...(atSubscription && { location }) },
  };
  if (atSubscription) return { kind: 'subscription', ...base };
  const name = resourceGroup ?? `${made}group`;
  return { kind: 'resourceGroup', ...base, resourceGroup: { name, location } };
}
