/** `error`: the target would fail. `warning`: it may, or it can't be told. `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

export interface CatalogueEntry {
  /** For rule lists, e.g. `'image-not-found'`. */
  name: string;
  severity: Severity;
  /** One sentence, without names. */
  summary: string;
  /** What to do about it. */
  remedy: string;
}

const entry = (
  severity: Severity,
  name: string,
  summary: string,
  remedy: string,
): CatalogueEntry => ({ severity, name, summary, remedy });

/**
 * Every finding of the preflight. A code keeps its meaning for ever; one that is no longer used is not
 * given to something else. `docs/reference/check-findings.md` is written from here.
 */
export const CATALOGUE = {
  LZ1001: entry(
    'error',
    'image-not-found',
    'The registry has no such tag or digest.',
    'Push the image, or name a tag that exists; the nearest ones are proposed.',
  ),
  LZ1002: entry(
    'error',
    'repository-not-found',
    'The registry has no such repository, or does not show it to these credentials.',
    'Look at the spelling and the registry; for a private repository log in first.',
  ),
  LZ1003: entry(
    'error',
    'credentials-needed',
    'The registry does not accept these credentials, or wants some.',
    'Run docker login (az acr login) for the registry, or repair the credential helper.',
  ),
  LZ1004: entry(
    'error',
    'pull-denied',
    'The registry knows who asks and refuses the pull.',
    'Grant the pull (AcrPull on a container registry), or open the registry’s firewall for this machine.',
  ),
  LZ1005: entry(
    'error',
    'registry-unreachable',
    'The registry does not answer, so nothing is known about the image.',
    'Look at the host name, the network and the proxy, and check again.',
  ),
  LZ1006: entry(
    'error',
    'registry-misbehaves',
    'The registry answers with something that is not what was asked for.',
    'Look at what stands between here and the registry; the content must match its digest.',
  ),
  LZ1007: entry(
    'error',
    'rate-limited',
    'The registry refuses further requests for now, so nothing is known about the image.',
    'Log in (limits are higher then), wait, or pull through a mirror.',
  ),
  LZ1008: entry(
    'error',
    'reference-invalid',
    'The text is not a reference of an image.',
    'Repositories are lower case; a tag follows a colon, a digest follows an @.',
  ),
  LZ1009: entry(
    'error',
    'not-an-image',
    'The manifest is not that of an image that can run.',
    'Name an image; artifacts such as charts, signatures and attestations can’t be run.',
  ),
  LZ1010: entry(
    'error',
    'index-too-deep',
    'The index leads to further indexes without end, or to itself.',
    'Publish the index again with the images themselves in it.',
  ),
  LZ1101: entry(
    'error',
    'platform-missing',
    'The image has several platforms, but not the one that is needed.',
    'Build the platform and publish the index again with it.',
  ),
  LZ1102: entry(
    'error',
    'platform-differs',
    'The image is made for one platform, which is not the one that is needed.',
    'Build for the platform that is needed, or for both.',
  ),
  LZ1103: entry(
    'error',
    'child-missing',
    'The index lists an image that its registry does not have.',
    'Push that platform’s image again, then the index.',
  ),
  LZ1104: entry(
    'error',
    'declared-platform-false',
    'The index declares another platform for a child than the child’s own config.',
    'Annotate the entry with the platform that the image was built for, or build it anew.',
  ),
  LZ1105: entry(
    'warning',
    'platform-duplicate',
    'The index has several images for one platform; which one is pulled depends on the client.',
    'Publish the index again with one image for each platform.',
  ),
  LZ1106: entry(
    'warning',
    'platform-undeclared',
    'An entry of the index has no platform: clients guess differently.',
    'Annotate the entry with its platform.',
  ),
  LZ1107: entry(
    'warning',
    'windows-without-os-version',
    'A Windows entry of the index has no os.version, so hosts can’t pick the build that they run.',
    'Annotate the entry with the os.version of its base image.',
  ),
  LZ1108: entry(
    'warning',
    'attestations-make-an-index',
    'An image of one platform became an index because attestations were attached; old tools choke on that.',
    'Build with --provenance=false --sbom=false where such tools read the image.',
  ),
  LZ1109: entry(
    'error',
    'no-runnable-entry',
    'The index has no entry that runs anywhere: only attestations or artifacts.',
    'Publish the index again with its images.',
  ),
  LZ1110: entry(
    'error',
    'no-node-fits',
    'The selectors of the pod exclude every node platform that was given.',
    'Change the node selector or affinity, or give the platforms of the nodes with --platform.',
  ),
  LZ1201: entry(
    'error',
    'content-missing',
    'The image names a layer or a config that its registry does not have.',
    'Build and push the image anew.',
  ),
  LZ1202: entry(
    'error',
    'content-damaged',
    'A layer or a config is not what its digest, its diff id or its format says.',
    'Build and push the image anew; look at what stands between here and the registry.',
  ),
  LZ1203: entry(
    'error',
    'layer-unsafe',
    'A layer holds a path that leads out of the image; runtimes refuse it.',
    'Build the image anew with a tool that writes paths inside it.',
  ),
  LZ1204: entry(
    'error',
    'program-of-other-machine',
    'The image says one platform, but holds programs for the machine of another.',
    'Build it for the platform; look for programs that are copied in from the machine that builds.',
  ),
  LZ1205: entry(
    'error',
    'program-missing',
    'The program that the image starts is not in it.',
    'Correct ENTRYPOINT, CMD or PATH.',
  ),
  LZ1206: entry(
    'error',
    'program-not-executable',
    'The program that the image starts can’t be executed: it lacks the permission, or is no program.',
    'Give it the permission (COPY --chmod=755), and begin a script with #!.',
  ),
  LZ1207: entry(
    'error',
    'interpreter-missing',
    'The program that the image starts asks for an interpreter or a loader that is not in it.',
    'Install it, link the program statically, or correct the first line of the script.',
  ),
  LZ1208: entry(
    'note',
    'command-missing',
    'The image names no program to start.',
    'Give its containers a command, or the image an ENTRYPOINT or CMD.',
  ),
  LZ1209: entry(
    'error',
    'content-not-verified',
    'The content was to be verified, but could not be read to the end, so nothing is known about it.',
    'Give it more time with --timeout, or verify the image by itself.',
  ),
  LZ1301: entry(
    'note',
    'tag-mutable',
    'The image is named by a tag alone, which may name something else tomorrow.',
    'Name the digest as well: NAME:TAG@sha256:….',
  ),
  LZ1302: entry(
    'warning',
    'tag-moved',
    'The tag names something else than the digest beside it; the digest is what is pulled.',
    'Take the new digest over if it is wanted.',
  ),
  LZ1303: entry(
    'warning',
    'multi-arch-overwritten',
    'An index of several platforms lost its tag when an image of one platform was pushed under this one.',
    'Publish the index again under the tag; push single platforms under tags of their own.',
  ),
  LZ1304: entry(
    'warning',
    'multi-arch-overwritten-suspected',
    'The tag names an image of one platform while its siblings are indexes: it may have been pushed over.',
    'Compare with how the siblings were built; publish an index if one is wanted.',
  ),
  LZ1305: entry(
    'warning',
    'tag-names-other-architecture',
    'The tag’s name promises an architecture that the image is not made for.',
    'Push the right image under the tag.',
  ),
  LZ1306: entry(
    'warning',
    'tags-disagree',
    'The tag of one architecture names another image than the index has for it.',
    'Publish the index again from the tags of the architectures.',
  ),
  LZ1401: entry(
    'error',
    'build-lacks-platform',
    'The image is built for other platforms than its use in the same file needs.',
    'Add the platform to the build.',
  ),
  LZ1402: entry(
    'warning',
    'push-overwrites-multi-arch',
    'A build of one platform is pushed to a tag that names an index of several.',
    'Build every platform of the index, or push under a tag of its own.',
  ),
  LZ1403: entry(
    'error',
    'task-builds-one-platform',
    'A registry task builds one platform at a time; several in one build are refused.',
    'Build each platform in a step of its own and make an index of them, or use buildx in the task.',
  ),
  LZ1404: entry(
    'error',
    'stage-platform-fixed',
    'The last stage is tied to one platform, so the image for another one holds programs that do not run there.',
    'Take --platform off the last FROM; keep it on stages that only build.',
  ),
  LZ1405: entry(
    'warning',
    'build-result-dropped',
    'A build of several platforms is neither pushed nor written out: its result stays in the build cache.',
    'Add --push, or an output.',
  ),
  LZ1501: entry(
    'warning',
    'not-checkable',
    'The image’s name is known only later, so it was not checked.',
    'Give the values that it depends on, or check the image after they are known.',
  ),
  LZ1502: entry(
    'error',
    'target-unreadable',
    'The target can’t be read, or is not what its kind must be.',
    'Repair it at the place shown.',
  ),
  LZ1503: entry(
    'error',
    'template-invalid',
    'The template has errors, and would be refused.',
    'Repair it at the place shown.',
  ),
  LZ1504: entry(
    'warning',
    'parameter-missing',
    'A parameter has no value, so what depends on it was not checked.',
    'Give it with --parameters.',
  ),
  LZ1505: entry(
    'warning',
    'variable-missing',
    'A variable has no value and is replaced by nothing.',
    'Set it, or give it a default.',
  ),
  LZ1506: entry(
    'warning',
    'needs-rendering',
    'The files are input of another tool, and say which images are used only after it.',
    'Render them and check the output.',
  ),
  LZ1507: entry(
    'note',
    'no-images',
    'The target names no image.',
    'Look whether it is the right file.',
  ),
  LZ1601: entry(
    'warning',
    'allowance-unused',
    'An entry of the configuration allows a finding that there is not.',
    'Take the entry out.',
  ),
  LZ1602: entry(
    'warning',
    'allowance-expired',
    'An entry of the configuration has expired, and allows nothing any more.',
    'Repair the finding, or set a new date.',
  ),
} as const satisfies Record<string, CatalogueEntry>;

/** e.g. `'LZ1101'` */
export type FindingCode = keyof typeof CATALOGUE;
