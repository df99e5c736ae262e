import { names, showLogs } from './diagnosis-commands.js';
import { diagnosePull } from './pull-diagnosis.js';
import type { Diagnosis, Subject, Trouble } from './trouble.js';

/** Turns trouble into cause, evidence and the way out. */
export function diagnose(trouble: Trouble, subject: Subject): Diagnosis {
  switch (trouble.kind) {
    case 'pull':
      return diagnosePull(trouble, subject);
    case 'start':
      return diagnoseStart(trouble, subject);
    case 'exit':
      return diagnoseExit(trouble, subject);
    case 'probe':
      return {
        cause: `The ${trouble.probe} probe of container '${subject.container}' fails.`,
        evidence: [trouble.message],
        fix: `${showLogs(subject)}   # then correct the program or the probe`,
      };
    case 'port':
      return {
        cause: `The ingress expects port ${trouble.targetPort}, the program listens on ${trouble.listening.join(', ')}.`,
        evidence: [portMismatch(trouble.targetPort, trouble.listening)],
        fix: `az containerapp ingress update ${names(subject)} --target-port ${trouble.listening[0] ?? trouble.targetPort}`,
      };
    case 'port-in-use':
      return {
        cause: `Replicas share this machine's ports here, and port ${trouble.targetPort} belongs to ${trouble.holder}.`,
        evidence: [`port ${trouble.targetPort} is held by ${trouble.holder}`],
        fix: `lazurite doctor   # says why replicas have no network of their own; or use another --target-port`,
      };
  }
}

/** Azure's sentence for a port nobody listens on. */
export function portMismatch(targetPort: number, listening: readonly number[]): string {
  const noun = listening.length === 1 ? 'port' : 'ports';
  return `The TargetPort ${targetPort} does not match the listening ${noun} ${listening.join(', ')}.`;
}

function diagnoseStart(trouble: Extract<Trouble, { kind: 'start' }>, subject: Subject): Diagnosis {
  const evidence = [trouble.message];
  if (trouble.reason === 'ENOEXEC') {
    return {
      cause: `The image says it is for ${subject.platform}, but its program is for ${trouble.machine ?? 'another machine'} (exec format error).`,
      evidence,
      fix: `docker buildx build --platform ${subject.platform} -t ${trouble.image} --push .`,
    };
  }
  return {
    cause: `The program of container '${subject.container}' could not be started.`,
    evidence,
    fix: `az containerapp update ${names(subject)} --command PROGRAM   # or correct ENTRYPOINT in the image`,
  };
}

function diagnoseExit(trouble: Extract<Trouble, { kind: 'exit' }>, subject: Subject): Diagnosis {
  if (trouble.outOfMemory) {
    return {
      cause: `Container '${subject.container}' used more than its ${trouble.memory} of memory and was killed.`,
      evidence: [`exit code ${trouble.code}, out of memory`, ...trouble.lastLines],
      fix: `az containerapp update ${names(subject)} --cpu 1.0 --memory 2Gi`,
    };
  }
  return {
    cause: `The program of container '${subject.container}' ends by itself with exit code ${trouble.code}.`,
    evidence: [`exit code ${trouble.code}`, ...trouble.lastLines],
    fix: showLogs(subject),
  };
}
