import type { Finding } from '../../image/verify/finding.js';
import type { ImageReport } from '../../image/verify/verify-image.js';
import type { PlatformReport } from '../../image/verify/verify-platform.js';
import { formatPlatformInFull } from '../../oci/platform.js';
import { formatBytes } from './format-bytes.js';

export function reportJson(reference: string, report: ImageReport): object {
  return {
    reference,
    ok: report.ok,
    platforms: report.platforms.map(({ platform, ...rest }) => ({
      platform: formatPlatformInFull(platform),
      ...rest,
    })),
    findings: report.findings,
  };
}

export function platformText(report: PlatformReport): string {
  const { platform, digest, layers, bytes, program, machines, run, findings } = report;
  const counts = Object.entries(machines).map(([machine, count]) => `${count} ${machine}`);
  const isFaulty = findings.some(({ level }) => level === 'error');
  return [
    `${isFaulty ? 'FAIL' : 'ok'}  ${formatPlatformInFull(platform)}  ${digest}`,
    `      layers:   ${layers} (${formatBytes(bytes)})`,
    ...(program
      ? [`      program:  ${program.path}${program.machine ? `, ${program.machine}` : ''}`]
      : []),
    ...(counts.length > 0 ? [`      programs: ${counts.join(', ')}`] : []),
    ...(run === undefined ? [] : [`      run:      ${run}`]),
    ...findings.map((finding) => findingText(finding, '      ')),
  ].join('\n');
}

export function findingText(finding: Finding, indent = ''): string {
  const { code, level, message, evidence = [], help } = finding;
  return [
    `${level}: ${message} [${code}]`,
    ...evidence.map((line) => `  ${line}`),
    ...(help === undefined ? [] : [`  help: ${help}`]),
  ]
    .map((line) => `${indent}${line}`)
    .join('\n');
}
