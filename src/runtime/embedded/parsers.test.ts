import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errnoName } from './cell.js';
import { parseCgroupMounts, parseOwnCgroups } from './cgroups.js';
import { containerEnvironment } from './container-environment.js';
import { parseListening } from './listening-ports.js';
import { signalName, signalNumber } from './signals.js';

describe('parseListening', () => {
  const TABLE = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1234 1 x',
    '   1: 0100007F:1F41 0100007F:8888 01 00000000:00000000 00:00000000 00000000     0        0 1235 1 x',
    '   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 77 1',
    'nonsense',
    '',
  ].join('\n');

  it('finds listening sockets of both protocols', () => {
    expect(parseListening(TABLE)).toEqual([
      { port: 8000, inode: '1234' },
      { port: 80, inode: '77' },
    ]);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseListening(text))));
  });
});

describe('cgroup files', () => {
  it('tells version 1, 2 and hybrid apart', () => {
    const mounts = [
      'tmpfs /sys/fs/cgroup tmpfs rw 0 0',
      'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0',
      'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nosuid 0 0',
      '',
    ].join('\n');
    expect(parseCgroupMounts(mounts)).toEqual([
      {
        version: 1,
        path: '/sys/fs/cgroup/cpu,cpuacct',
        controllers: ['rw', 'nosuid', 'cpu', 'cpuacct'],
      },
      { version: 2, path: '/sys/fs/cgroup/unified', controllers: [] },
    ]);
  });

  it('finds where this process is', () => {
    const own = parseOwnCgroups(
      '4:memory:/a:b\n2:cpu,cpuacct:/c\n1:name=systemd:/d\n0::/e\nbroken\n',
    );
    expect(own.get('memory')).toBe('/a:b');
    expect(own.get('cpuacct')).toBe('/c');
    expect(own.get('')).toBe('/e');
  });
});

describe('signals', () => {
  it.each([
    ['SIGTERM', 15],
    ['term', 15],
    ['9', 9],
    ['SIGRTMIN+3', 37],
    ['rtmin', 34],
    ['SIGNOTHING', undefined],
    ['0', undefined],
    ['65', undefined],
    ['', undefined],
  ])('%j is %s', (text, number) => {
    expect(signalNumber(text)).toBe(number);
  });

  it.each([
    [0, undefined],
    [9, 'SIGKILL'],
    [37, 'SIGRTMIN+3'],
  ])('%d is %s', (number, name) => {
    expect(signalName(number)).toBe(name);
  });
});

describe('containerEnvironment', () => {
  const context = { hostname: 'box', user: { uid: 1, gid: 1, groups: [], home: '/home/app' } };

  it('adds what is missing and lets the later of two win', () => {
    expect(containerEnvironment(['A=1', 'A=2=3', 'NOTHING', '=x', 'HOME=/x'], context)).toEqual({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOSTNAME: 'box',
      HOME: '/x',
      A: '2=3',
    });
  });
});

describe('errnoName', () => {
  it.each([
    [8, 'ENOEXEC'],
    [13, 'EACCES'],
    [0, 'OTHER'],
    [9999, 'errno 9999'],
  ])('%d is %s', (errno, name) => {
    expect(errnoName(errno)).toBe(name);
  });
});
