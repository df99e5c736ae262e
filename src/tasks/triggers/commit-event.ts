import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';

/** A change of a repository, as its host tells a webhook. */
export interface CommitEvent {
  type: 'commit' | 'pullrequest';
  /** e.g. `'0f3c…'` */
  commit: string;
  /** e.g. `'main'` */
  branch: string;
  provider: 'Github' | 'VisualStudioTeamService';
  repositoryUrl: string;
}

/**
 * Reads the payload of a webhook of GitHub (`push`, `pull_request`) or of Azure DevOps (`git.push`).
 *
 * @returns undefined for other events, and for a branch that was deleted
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads#push
 */
export function readCommitEvent(githubEvent: string, body: Json): CommitEvent | undefined {
  if (!isJsonObject(body)) return undefined;
  if (githubEvent === 'push') {
    return event(
      'commit',
      'Github',
      body['after'],
      body['ref'],
      at(body, 'repository', 'clone_url'),
    );
  }
  if (githubEvent === 'pull_request') {
    const head = at(body, 'pull_request', 'head');
    const { sha, ref } = isJsonObject(head) ? head : {};
    return event('pullrequest', 'Github', sha, ref, at(body, 'repository', 'clone_url'));
  }
  if (body['eventType'] !== 'git.push') return undefined;
  const updates = at(body, 'resource', 'refUpdates');
  const update = Array.isArray(updates) && isJsonObject(updates[0]) ? updates[0] : {};
  const url = at(body, 'resource', 'repository', 'remoteUrl');
  return event('commit', 'VisualStudioTeamService', update['newObjectId'], update['name'], url);
}

function event(
  type: CommitEvent['type'],
  provider: CommitEvent['provider'],
  commit: Json | undefined,
  ref: Json | undefined,
  url: Json | undefined,
): CommitEvent | undefined {
  const sha = textOf(commit);
  if (!/^[0-9a-f]{40,64}$/.test(sha) || /^0+$/.test(sha)) return undefined;
  const branch = textOf(ref).replace(/^refs\/heads\//, '');
  return { type, provider, commit: sha, branch, repositoryUrl: textOf(url) };
}

function at(body: JsonObject, ...path: string[]): Json | undefined {
  let value: Json | undefined = body;
  for (const name of path) value = isJsonObject(value) ? value[name] : undefined;
  return value;
}

/** `https://host/app.git#main:src` at another commit. */
export function atCommit(location: string, commit: string): string {
  const [url = '', fragment = ''] = location.split('#', 2);
  const folder = fragment.includes(':') ? fragment.slice(fragment.indexOf(':')) : '';
  return `${url}#${commit}${folder}`;
}
