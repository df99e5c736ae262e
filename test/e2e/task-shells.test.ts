import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunWorld } from '../../src/tasks/testing/run-world.js';
import { describeRuntimes, ENGINE_RUNTIMES, type OpenRuntime } from '../support/app-runtimes.js';

// Of the embedded runtime task-steps.test.ts tells.
describeRuntimes('shells of tasks', ENGINE_RUNTIMES, ({ open }) => {
  let opened: OpenRuntime;
  let world: RunWorld;
  beforeAll(async () => {
    opened = await open();
    world = await RunWorld.open({ runtime: opened.runtime });
  });
  afterAll(async () => {
    await world.close();
    await opened.close();
  });

  it('run without an image, in the workspace, with the programs of this machine', async () => {
    const text = `version: v1.1.0
steps:
  - cmd: bash -c 'echo "written by $$BASH_VERSION" > word && ls /usr/bin/env && id -u'
  - id: reads
    cmd: sh -c 'cat word; touch /usr/here || echo refused; cat /etc/shadow || echo hidden'
    keep: true
  - cmd: bash script.sh one two
    user: nobody
`;
    const sourceLocation = await world.uploadSource([
      { name: 'acb.yaml', content: text },
      { name: 'script.sh', content: 'echo "$# arguments for $(id -u)"\n' },
    ]);
    const { run, log } = await world.finish({
      ...{ type: 'FileTaskRunRequest', taskFilePath: 'acb.yaml', sourceLocation },
      platform: { os: 'linux', architecture: 'amd64' },
    });
    expect(run.status, log).toBe('Succeeded');
    expect(log).toMatch(/^\/usr\/bin\/env\r?\n0\r?$/m);
    expect(log).toMatch(/^written by 5\./m);
    for (const word of ['refused', 'hidden']) expect(log).toMatch(new RegExp(`^${word}\\r?$`, 'm'));
    expect(log).toContain('2 arguments for 65534');
    expect(log).toMatch(/Step ID: reads keeps nothing: the docker runtime/);
  });
});
