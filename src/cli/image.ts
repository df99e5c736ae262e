import type { Command } from 'commander';
import { registerCopyCommand } from './image/copy.js';
import { registerDeleteCommand } from './image/delete.js';
import { registerDigestCommand } from './image/digest.js';
import { registerIndexCommands } from './image/index-group.js';
import { registerInspectCommand } from './image/inspect.js';
import { registerPlatformsCommand } from './image/platforms.js';
import { registerTagCommand } from './image/tag.js';
import { registerVerifyCommand } from './image/verify.js';

/** `lazurite image inspect|platforms|digest|copy|tag|delete|index|verify` */
export function registerImageCommands(program: Command): void {
  const image = program
    .command('image')
    .description('images of any platform, in registries, OCI layouts and docker archives')
    .addHelpText(
      'after',
      `
Where an image is:
  HOST/REPOSITORY[:TAG][@DIGEST]    a registry, with the credentials of docker or podman
  oci:DIR[:NAME|@DIGEST]            a folder in the OCI image layout
  docker-archive:FILE[:REF]         what docker save writes

Examples:
  lazurite image inspect alpine
  lazurite image platforms ghcr.io/team/app:v1
  lazurite image copy ghcr.io/team/app:v1 localhost:5000/app:v1`,
    );
  registerInspectCommand(image);
  registerPlatformsCommand(image);
  registerDigestCommand(image);
  registerCopyCommand(image);
  registerTagCommand(image);
  registerDeleteCommand(image);
  registerIndexCommands(image);
  registerVerifyCommand(image);
}
