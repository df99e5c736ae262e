import type {
  ArtifactNode,
  ImageNode,
  IndexNode,
  TreeNode,
} from '../../image/inspect/image-tree.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { formatPlatform, normalizePlatform, type Platform } from '../../oci/platform.js';
import { formatBytes } from './format-bytes.js';

/** A line, what belongs to it, and what hangs below it. */
interface Branch {
  title: string;
  details: string[];
  children: Branch[];
}

/** Draws an image as a tree: index, platforms, layers, attestations, referrers. */
export function formatTree(reference: string, root: TreeNode): string {
  return [reference, ...draw([branchOf(root)], '')].join('\n');
}

function draw(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ title, details, children }, position) => {
    const isLast = position === branches.length - 1;
    const below = `${indent}${isLast ? '   ' : '│  '}`;
    const trunk = children.length > 0 ? '│ ' : '  ';
    return [
      `${indent}${isLast ? '└─ ' : '├─ '}${title}`,
      ...details.map((detail) => `${below}${trunk}${detail}`),
      ...draw(children, below),
    ];
  });
}

function branchOf(node: TreeNode): Branch {
  const branch = branchByKind(node);
  const annotations = Object.entries(node.annotations ?? {})
    .filter(([key]) => !key.startsWith('vnd.docker.reference.'))
    .map(([key, value]) => `${key}: ${oneLine(value)}`);
  const referrers = (node.referrers ?? []).map((referrer) => {
    const below = branchOf(referrer);
    return { ...below, title: `referrer: ${below.title}` };
  });
  return {
    title: branch.title,
    details: [...branch.details, ...annotations],
    children: [...branch.children, ...referrers],
  };
}

function branchByKind(node: TreeNode): Branch {
  switch (node.kind) {
    case 'index':
      return indexBranch(node);
    case 'image':
      return imageBranch(node);
    case 'attestation':
    case 'artifact':
      return artifactBranch(node);
    case 'unopened': {
      const title = `${node.platform ? describePlatform(node.platform) : 'manifest'}  ${node.digest}`;
      return { title, details: [`not opened: ${node.why}`], children: [] };
    }
  }
}

function indexBranch(node: IndexNode): Branch {
  const size = `${count(node.manifests, 'manifest')}, ${formatBytes(node.size)}`;
  return {
    title: `index  ${node.digest}`,
    details: [`${node.mediaType}, ${size}`],
    children: branchesOf(node.manifests),
  };
}

/** More than these are counted, not listed. */
const MAX_UNOPENED_SHOWN = 5;

function branchesOf(nodes: readonly TreeNode[]): Branch[] {
  const unopened = nodes.filter(({ kind }) => kind === 'unopened');
  if (unopened.length <= MAX_UNOPENED_SHOWN) return nodes.map(branchOf);
  const opened = nodes.filter(({ kind }) => kind !== 'unopened').map(branchOf);
  const title = `${unopened.length} more manifests, not opened`;
  const details = ['lazurite image platforms lists them; --platform shows one'];
  return [...opened, { title, details, children: [] }];
}

function imageBranch(node: ImageNode): Branch {
  const { layers, contentSize, created, mediaType } = node;
  const facts = [mediaType, `${formatBytes(contentSize)} in ${count(layers, 'layer')}`];
  if (created !== undefined) facts.push(`created ${oneLine(created)}`);
  const platform = node.platform ?? node.imagePlatform;
  const differs =
    node.platform !== undefined && describe(node.platform) !== describe(node.imagePlatform)
      ? [`but its config says ${describePlatform(node.imagePlatform)}`]
      : [];
  return {
    title: `${describePlatform(platform)}  ${node.digest}`,
    details: [...differs, facts.join(', '), ...layers.map(describeLayer)],
    children: [],
  };
}

function artifactBranch(node: ArtifactNode): Branch {
  const { kind, digest, attests, predicates = [], layers, contentSize, artifactType } = node;
  const about = attests === undefined ? [] : [`about ${attests}`];
  const size = `${formatBytes(contentSize)} in ${count(layers, 'file')}`;
  return {
    title: `${kind}  ${digest}`,
    details: [
      [...about, ...(artifactType === undefined ? [] : [artifactType]), size].join(', '),
      ...predicates,
    ],
    children: [],
  };
}

function count(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? '' : 's'}`;
}

function describeLayer({ digest, size, mediaType }: Descriptor): string {
  return `layer ${digest}  ${formatBytes(size)}  ${mediaType.replace(/^.*(?:layer\.v1\.|diff\.)/, '')}`;
}

function describe(platform: Platform): string {
  return formatPlatform(normalizePlatform(platform));
}

function describePlatform(platform: Platform): string {
  const version = platform['os.version'];
  return [formatPlatform(platform), version, ...(platform['os.features'] ?? [])]
    .filter((part) => part !== undefined)
    .join(' ');
}

const MAX_TEXT = 200;

/** What strangers wrote must not steer the terminal. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, MAX_TEXT);
}
