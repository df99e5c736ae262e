import type { ExecutionDocument, JobDocument } from '../../../apps/jobs/job-documents.js';
import type { JobService } from '../../../apps/jobs/job-service.js';
import type { RequestContext, Resource, ResourceProvider } from '../../provider.js';
import { armErrors } from '../../errors.js';
import { parentOf } from '../../resource-id.js';
import type { ResourceId } from '../../resource-id.js';
import { JOB_TYPE, renderExecution, renderExecutionReplica } from './render-job.js';

interface Found {
  job: JobDocument;
  execution: ExecutionDocument;
}

/** `Microsoft.App/jobs/executions`, which can be stopped, and their replicas: read only. */
export function createExecutionProviders(jobs: JobService): ResourceProvider[] {
  const find = (id: ResourceId): Found | undefined => {
    const job = jobs.job(parentOf(id)?.key ?? '');
    const execution = job && jobs.execution(job.key, id.names[1] ?? '');
    return execution && { job, execution };
  };
  return [
    {
      type: `${JOB_TYPE}/executions`,
      tracking: 'none',
      get: async (id) => {
        const found = find(id);
        return found && renderExecution(found.job, found.execution);
      },
      list: async (scope) => {
        const job = jobs.job(scope.key);
        return job ? jobs.executions(job.key).map((one) => renderExecution(job, one)) : [];
      },
      actions: {
        stop: async (id) => {
          const found = find(id);
          if (!found) throw armErrors.resourceNotFound(id);
          await jobs.stop(found.job.key, found.execution.name);
          return { status: 200, body: {} };
        },
      },
    },
    {
      type: `${JOB_TYPE}/executions/replicas`,
      tracking: 'none',
      get: async (id, context) => {
        const parent = parentOf(id);
        const found = parent && find(parent);
        return (
          found && renderReplicas(jobs, found, context).find(({ name }) => name === id.names[2])
        );
      },
      list: async (scope, context) => {
        const found = find(scope);
        return found ? renderReplicas(jobs, found, context) : [];
      },
    },
  ];
}

function renderReplicas(jobs: JobService, found: Found, context: RequestContext): Resource[] {
  const { job, execution } = found;
  const running = jobs.replicas(execution.key);
  return execution.replicas.map((replica) => {
    const itself = running.find(({ spec }) => spec.name === replica.name);
    return renderExecutionReplica(job, execution, replica, itself, context);
  });
}
