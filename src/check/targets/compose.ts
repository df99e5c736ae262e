import { parsePlatform, type Platform } from '../../oci/platform.js';
import type { FindingDraft } from '../findings/finding.js';
import type { SourceFile } from '../source/position.js';
import { readYaml, type YamlValue } from '../source/yaml-value.js';
import { emptyContents, mergeContents, type TargetContents } from './contents.js';
import { interpolate, type Interpolated } from './compose-interpolation.js';
import { readDockerfile } from './dockerfile.js';
import { DEFAULT_PLATFORM, type ReadOptions } from './read-options.js';
import { joinPath } from './relative-path.js';
import { readDotEnv } from './dot-env.js';

/** Services that extend services that extend …: Compose itself refuses circles. */
const MAX_EXTENDS = 8;

/** Whether a document is a Compose file. */
export function isComposeFile(document: YamlValue): boolean {
  const services = document.get('services');
  if (services?.isMap !== true || document.get('jobs') || document.get('steps')) return false;
  return services.entries.some(
    ([, service]) => service.get('image') ?? service.get('build') ?? service.get('extends'),
  );
}

/** The images that services run and build. @see https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export function readCompose(
  document: YamlValue,
  file: SourceFile,
  options: ReadOptions,
): TargetContents {
  return new ComposeReader(document, file, options).read();
}

class ComposeReader {
  readonly #document: YamlValue;
  readonly #file: SourceFile;
  readonly #options: ReadOptions;
  readonly #dotEnv: ReadonlyMap<string, string>;
  readonly #missing = new Map<string, FindingDraft>();

  constructor(document: YamlValue, file: SourceFile, options: ReadOptions) {
    this.#document = document;
    this.#file = file;
    this.#options = options;
    this.#dotEnv = readDotEnv(options.readFile(joinPath(file.path, '.env')) ?? '');
  }

  read(): TargetContents {
    const services = this.#document.get('services')?.entries ?? [];
    const parts = services.map(([name, service]) => this.#service(name, service));
    return mergeContents([...parts, { ...emptyContents(), findings: [...this.#missing.values()] }]);
  }

  #service(name: string, service: YamlValue): TargetContents {
    const contents = emptyContents();
    const image = this.#inherited(service, 'image');
    const build = this.#inherited(service, 'build');
    const platform = this.#platform(this.#inherited(service, 'platform'));
    const owner = `service ${name}`;
    if (image?.text && !build) {
      const { text, unknown } = this.#interpolate(image);
      contents.uses.push({
        image: { text, ...(unknown !== undefined && { unknown }) },
        position: image.textPosition,
        owner,
        puller: 'docker',
        needs: this.#needs(platform),
      });
    }
    if (build) {
      const platforms = this.#buildPlatforms(build, platform);
      if (image?.text) {
        contents.builds.push({
          image: this.#interpolate(image),
          position: image.textPosition,
          tool: 'docker compose build',
          platforms,
        });
      }
      return mergeContents([contents, this.#dockerfile(build, platforms)]);
    }
    return contents;
  }

  #needs(platform: Platform | undefined): { platform: Platform; because: string }[] {
    if (platform) return [{ platform, because: 'platform of the service' }];
    const { platforms } = this.#options;
    const because = platforms === undefined ? 'the default' : '--platform';
    return (platforms ?? [DEFAULT_PLATFORM]).map((one) => ({ platform: one, because }));
  }

  #buildPlatforms(build: YamlValue, platform: Platform | undefined): Platform[] {
    const listed = (build.get('platforms')?.items ?? []).flatMap((item) => {
      const one = this.#platform(item);
      return one ? [one] : [];
    });
    return listed.length > 0 ? listed : this.#needs(platform).map((need) => need.platform);
  }

  #platform(value: YamlValue | undefined): Platform | undefined {
    return value?.text === undefined ? undefined : parsePlatform(this.#interpolate(value).text);
  }

  #dockerfile(build: YamlValue, platforms: Platform[]): TargetContents {
    const context = build.text === undefined ? build.get('context') : build;
    const folder = context?.text === undefined ? '.' : this.#interpolate(context).text;
    const inline = build.get('dockerfile_inline')?.text;
    const named = build.get('dockerfile');
    const path = joinPath(this.#file.path, `${folder}/${named?.text ?? 'Dockerfile'}`);
    const text = inline ?? this.#options.readFile(path);
    if (text === undefined) return emptyContents();
    const source = inline === undefined ? { path, text } : { path: this.#file.path, text };
    const buildArgs = this.#buildArgs(build.get('args'));
    return readDockerfile(source, { platforms, because: 'platforms of the build', buildArgs });
  }

  #buildArgs(args: YamlValue | undefined): Map<string, string> {
    const pairs = args?.isList
      ? args.items.map((item) => item.text ?? '').map((text) => splitPair(text))
      : (args?.entries ?? []).map(
          ([name, value]) => [name, this.#interpolate(value).text] as const,
        );
    return new Map(pairs);
  }

  /** A member of a service, or of the one that it extends. */
  #inherited(service: YamlValue, member: string, depth = 0): YamlValue | undefined {
    const own = service.get(member);
    const base = service.get('extends');
    if (own || !base || depth >= MAX_EXTENDS) return own;
    const name = base.text ?? base.get('service')?.text ?? '';
    const other = base.get('file')?.text;
    const document = other === undefined ? this.#document : this.#otherFile(other);
    const target = document?.get('services', name);
    return target && this.#inherited(target, member, depth + 1);
  }

  #otherFile(name: string): YamlValue | undefined {
    const path = joinPath(this.#file.path, name);
    const text = this.#options.readFile(path);
    return text === undefined ? undefined : readYaml({ path, text })[0]?.value;
  }

  #interpolate(value: YamlValue): Interpolated {
    const lookup = (name: string): string | undefined =>
      this.#options.environment[name] ?? this.#dotEnv.get(name);
    const result = interpolate(value.text ?? '', lookup);
    for (const name of result.missing) {
      const known = this.#missing.get(name);
      const positions = [...(known?.positions ?? []), value.textPosition];
      this.#missing.set(name, {
        code: 'LZ1505',
        message: `The variable ${name} of ${this.#file.path} has no value.`,
        fix: `set ${name} in the environment or in .env, or write \${${name}:-default}`,
        positions,
      });
    }
    return result;
  }
}

function splitPair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
