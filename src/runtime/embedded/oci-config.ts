import type { Launch } from './launch-spec.js';

/** What Docker and containerd keep by default. */
const CAPABILITIES = [
  ...['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL', 'CAP_SETGID'],
  ...['CAP_SETUID', 'CAP_SETPCAP', 'CAP_NET_BIND_SERVICE', 'CAP_NET_RAW', 'CAP_SYS_CHROOT'],
  ...['CAP_MKNOD', 'CAP_AUDIT_WRITE', 'CAP_SETFCAP'],
];

/** Calls that reach kernel code a container has no business with, in the manner of Docker's profile. */
const REFUSED_CALLS = [
  ...['acct', 'add_key', 'bpf', 'clock_adjtime', 'clock_settime', 'create_module', 'delete_module'],
  ...['finit_module', 'fsconfig', 'fsmount', 'fsopen', 'fspick', 'get_kernel_syms', 'init_module'],
  ...['io_uring_enter', 'io_uring_register', 'io_uring_setup', 'ioperm', 'iopl', 'kexec_file_load'],
  ...[
    'kexec_load',
    'keyctl',
    'lookup_dcookie',
    'mount',
    'mount_setattr',
    'move_mount',
    'nfsservctl',
  ],
  ...['open_by_handle_at', 'open_tree', 'perf_event_open', 'pivot_root', 'quotactl', 'reboot'],
  ...['request_key', 'setns', 'settimeofday', 'stime', 'swapoff', 'swapon', 'sysfs', 'umount2'],
  ...['unshare', 'uselib', 'userfaultfd', 'ustat', 'vhangup'],
];

const NO = ['nosuid', 'noexec', 'nodev'];
const DEFAULT_MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc', options: NO },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: [...NO, 'mode=1777', 'size=65536k'],
  },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...NO, 'ro'] },
];

/**
 * The bundle's `config.json`. Network, host name and IPC are those of the cell that the runtime is started
 * in, so the configuration asks for none.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.2.1/config.md
 */
export function ociConfig(
  launch: Launch,
  files: readonly { path: string; source: string }[],
): Record<string, unknown> {
  const { spec, user, env, rootfs } = launch;
  const capabilities = user.uid === 0 ? CAPABILITIES : [];
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: user.uid, gid: user.gid, additionalGids: user.groups },
      args: spec.argv,
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd: spec.workingDir || '/',
      capabilities: { bounding: CAPABILITIES, effective: capabilities, permitted: capabilities },
      noNewPrivileges: true,
    },
    root: { path: rootfs.root, readonly: false },
    mounts: [
      ...DEFAULT_MOUNTS,
      ...files.map(({ path, source }) => ({
        destination: path,
        type: 'bind',
        source,
        options: ['bind', 'rprivate'],
      })),
      ...(spec.mounts ?? []).map(({ source, target, readOnly }) => ({
        destination: target,
        type: 'bind',
        source,
        options: ['rbind', 'rprivate', 'nosuid', 'nodev', ...(readOnly ? ['ro'] : [])],
      })),
    ],
    linux: {
      namespaces: [{ type: 'pid' }, { type: 'mount' }],
      cgroupsPath: launch.ociCgroup,
      resources: { devices: deviceRules(), ...resources(launch) },
      seccomp: {
        defaultAction: 'SCMP_ACT_ALLOW',
        syscalls: [{ names: REFUSED_CALLS, action: 'SCMP_ACT_ERRNO', errnoRet: 1 }],
      },
      maskedPaths: [
        ...['/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list'],
        ...['/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware'],
      ],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  };
}

/** Everything denied; the runtime itself allows the devices that every container has. */
function deviceRules(): object[] {
  return [
    { allow: false, access: 'rwm' },
    { allow: true, type: 'c', access: 'm' },
    { allow: true, type: 'b', access: 'm' },
  ];
}

function resources({ spec }: Launch): object {
  const { cpu, memoryBytes } = spec.limits ?? {};
  return {
    ...(cpu !== undefined && {
      cpu: { period: 100_000, quota: Math.max(1_000, Math.round(cpu * 100_000)) },
    }),
    ...(memoryBytes !== undefined && { memory: { limit: Math.floor(memoryBytes) } }),
  };
}
