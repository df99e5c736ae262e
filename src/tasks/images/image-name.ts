import { parseReference, type Reference } from '../../oci/reference.js';
import { CommandLineError } from '../commands/words.js';

/** @throws CommandLineError when the text is no reference */
export function readImageName(text: string): Reference {
  const reference = parseReference(text);
  if (reference !== undefined) return reference;
  throw new CommandLineError(`invalid reference format: '${text}'`);
}

/**
 * The name an image is pushed by: one without a registry belongs to the registry of the run, as ACR has it.
 *
 * @throws CommandLineError
 */
export function pushName(text: string, loginServer: string): Reference {
  const plain = readImageName(text);
  const own = text.includes('/') && plain.registry === text.split('/')[0];
  return own ? plain : readImageName(`${loginServer}/${text}`);
}
