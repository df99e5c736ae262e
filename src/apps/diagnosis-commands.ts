import { parseReference } from '../oci/reference.js';
import type { Subject } from './trouble.js';

export function names(subject: Subject): string {
  return `--name ${subject.app} --resource-group ${subject.resourceGroup}`;
}

export function showLogs(subject: Subject): string {
  return `az containerapp logs show ${names(subject)} --container ${subject.container}`;
}

export function updateImage(subject: Subject, image: string): string {
  return `az containerapp update ${names(subject)} --image ${image}`;
}

export function hostOf(image: string): string {
  return parseReference(image)?.registry ?? image;
}

export function repositoryOf(image: string): string {
  return image
    .slice(image.indexOf('/') + 1)
    .replace(/@.*$/, '')
    .replace(/:[^:/]*$/, '');
}

export function tagOf(image: string): string {
  return /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1] ?? 'latest';
}
