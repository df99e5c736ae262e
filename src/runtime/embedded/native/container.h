/*
 * container.h: the container's own process, from its birth to its program: mounts, root, user,
 * capabilities, exec. Whatever fails is told as 'error STEP ERRNO' on the control descriptor.
 */

/*
 * What Docker and containerd keep by default, without CAP_MKNOD: no device cgroup stands behind it here.
 * CAP_SYS_CHROOT stays only where the root was pivoted; out of a plain chroot it is the way out.
 */
static const unsigned char KEPT_CAPABILITIES[] = {
    CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SETPCAP,
    CAP_NET_BIND_SERVICE, CAP_NET_RAW, CAP_SYS_CHROOT, CAP_AUDIT_WRITE, CAP_SETFCAP};

static const char *const MASKED[] = {"/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                                     "/proc/sched_debug"};
static const char *const HIDDEN[] = {"/proc/acpi", "/proc/scsi", "/sys/firmware"};
static const char *const READ_ONLY[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                        "/proc/sysrq-trigger"};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void give_up(const char *step, long error) {
  char text[512], *end = append(text, "error ");
  for (; *step && end < text + 480; step++) *end++ = *step == ' ' ? '-' : *step;
  *end++ = ' ';
  end = decimal(end, (unsigned)-error);
  *end++ = '\n';
  sys(__NR_sendto, CONTROL, text, end - text, MSG_NOSIGNAL, 0, 0);
  die(127);
}

static void need(const char *step, long result) {
  if (result < 0) give_up(step, result);
}

#include "enter.h"

#include "terminal.h"

static long mount_at(const char *source, const char *target, const char *type, unsigned long flags,
                     const char *data) {
  return sys(__NR_mount, source, target, type, flags, data);
}

/* A mount point directly in the current directory; a symbolic link there would lead elsewhere. */
static int mount_point(const char *name) {
  sys(__NR_mkdirat, AT_FDCWD, name, 0755);
  int fd = open_file(name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
  if (fd >= 0) sys(__NR_close, fd);
  return fd >= 0;
}

/* In a plain chroot nothing can be mounted: nodes where they may be made, never a file in their place. */
static void make_chroot_devices(void) {
  static const struct { const char *path; unsigned minor; } NODES[] = {
      {"/dev/null", 3}, {"/dev/zero", 5}, {"/dev/full", 7}, {"/dev/random", 8}, {"/dev/urandom", 9}};
  sys(__NR_mkdirat, AT_FDCWD, "/dev", 0755);
  for (size_t i = 0; i < COUNT(NODES); i++)
    if (sys(__NR_mknodat, AT_FDCWD, NODES[i].path, S_IFCHR | 0666, 1 << 8 | NODES[i].minor) == 0)
      sys(__NR_fchmodat, AT_FDCWD, NODES[i].path, 0666);
}

static void make_device(const char *name, unsigned major, unsigned minor) {
  char target[32], source[32];
  *append(append(target, "dev/"), name) = 0;
  *append(append(source, "/dev/"), name) = 0;
  if (sys(__NR_mknodat, AT_FDCWD, target, S_IFCHR | 0666, major << 8 | minor) == 0) {
    sys(__NR_fchmodat, AT_FDCWD, target, 0666);
    return;
  }
  int fd = open_file(target, O_CREAT | O_WRONLY, 0666);
  if (fd >= 0) sys(__NR_close, fd);
  mount_at(source, target, NULL, MS_BIND, NULL);
}

static void mount_dev(void) {
  if (!mount_point("dev")) return;
  need("mount /dev", mount_at("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"));
  make_device("null", 1, 3);
  make_device("zero", 1, 5);
  make_device("full", 1, 7);
  make_device("random", 1, 8);
  make_device("urandom", 1, 9);
  make_device("tty", 5, 0);
  sys(__NR_mkdirat, AT_FDCWD, "dev/pts", 0755);
  sys(__NR_mkdirat, AT_FDCWD, "dev/shm", 01777);
  mount_at("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620");
  mount_at("shm", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=65536k");
  sys(__NR_symlinkat, "pts/ptmx", AT_FDCWD, "dev/ptmx");
  sys(__NR_symlinkat, "/proc/self/fd", AT_FDCWD, "dev/fd");
  sys(__NR_symlinkat, "/proc/self/fd/0", AT_FDCWD, "dev/stdin");
  sys(__NR_symlinkat, "/proc/self/fd/1", AT_FDCWD, "dev/stdout");
  sys(__NR_symlinkat, "/proc/self/fd/2", AT_FDCWD, "dev/stderr");
}

static void mount_sys(void) {
  if (!mount_point("sys")) return;
  unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
  if (mount_at("sysfs", "sys", "sysfs", flags, NULL) == 0) return;
  /* Refused where the network belongs to another user namespace: then the host's, read-only or not at all. */
  struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
  if (mount_at("/sys", "sys", NULL, MS_BIND | MS_REC, NULL) < 0) return;
  if (sys(__NR_mount_setattr, AT_FDCWD, "sys", AT_RECURSIVE, &read_only, sizeof read_only) < 0)
    sys(__NR_umount2, "sys", 2 /* MNT_DETACH */);
}

/* The new root becomes `/` and the old one is gone from sight. */
static void change_root(void) {
  long result = sys(__NR_pivot_root, ".", ".");
  if (result == 0) {
    need("leave old root", sys(__NR_umount2, ".", 2 /* MNT_DETACH */));
  } else { /* the first root of the kernel cannot be pivoted away */
    need("change root", mount_at(".", "/", NULL, MS_MOVE, NULL));
    need("change root", sys(__NR_chroot, "."));
  }
  need("enter root", sys(__NR_chdir, "/"));
}

/* Kernel files that a container must not read or write, even as root. */
static void protect_kernel_files(int required) {
  for (size_t i = 0; i < COUNT(MASKED); i++) mount_at("/dev/null", MASKED[i], NULL, MS_BIND, NULL);
  for (size_t i = 0; i < COUNT(HIDDEN); i++)
    mount_at("tmpfs", HIDDEN[i], "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k");
  for (size_t i = 0; i < COUNT(READ_ONLY); i++) {
    if (mount_at(READ_ONLY[i], READ_ONLY[i], NULL, MS_BIND | MS_REC, NULL) < 0) continue;
    unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
    long result = mount_at(NULL, READ_ONLY[i], NULL, flags, NULL);
    if (required) need("protect kernel files", result);
  }
}

/* Splits '/etc/hosts=CONTENT'. */
static const char *content_of(const char *file, char *path, size_t size) {
  size_t n = 0;
  while (file[n] && file[n] != '=' && n < size - 1) path[n] = file[n], n++;
  path[n] = 0;
  return file[n] == '=' ? file + n + 1 : "";
}

static int create_with(const char *path, int flags, const char *content) {
  int fd = open_file(path, O_WRONLY | O_CREAT | flags, 0644);
  if (fd < 0) return 0;
  sys(__NR_write, fd, content, length(content));
  sys(__NR_close, fd);
  return 1;
}

/* Lays files over those of the root file system; where it cannot take one it stays as it is. */
static void provide_files(const struct options *o, int by_mount) {
  static const char SCRATCH[] = "/dev/.file";
  char path[256];
  if (o->file_count) sys(__NR_mkdirat, AT_FDCWD, "/etc", 0755);
  for (int i = 0; i < o->file_count; i++) {
    const char *content = content_of(o->files[i], path, sizeof path);
    if (!by_mount) {
      create_with(path, O_TRUNC, content);
    } else if (create_with(SCRATCH, O_EXCL, content)) {
      if (create_with(path, 0, "")) mount_at(SCRATCH, path, NULL, MS_BIND, NULL);
      sys(__NR_unlinkat, AT_FDCWD, SCRATCH, 0);
    }
  }
}

static void mount_root(const struct options *o) {
  need("make mounts private", mount_at(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
  if (!o->overlay) {
    need("mount root", mount_at(o->root, o->root, NULL, MS_BIND | MS_REC, NULL));
    if (!o->user_namespace) /* where it is so by itself */
      need("mount root", mount_at(NULL, o->root, NULL, MS_BIND | MS_REMOUNT | MS_NODEV, NULL));
    return;
  }
  need("enter layers", sys(__NR_chdir, o->layers));
  need("mount overlay", mount_at("overlay", o->root, "overlay", MS_NODEV, o->overlay));
}

static void make_directories(const char *path) {
  char part[4096];
  size_t n = 0;
  for (; path[n] && n < sizeof part - 1; n++) {
    part[n] = path[n];
    part[n + 1] = 0;
    if (path[n + 1] == '/' || !path[n + 1]) sys(__NR_mkdirat, AT_FDCWD, part, 0755);
  }
}

/*
 * Folders of the host are taken where their paths lead to them, and put in place once the root has
 * changed: there no link of the image leads out of it.
 */
static int take_folder(const char *folder) {
  char target[4096];
  struct mount_attr attr = {.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
  if (after(folder, "ro=")) attr.attr_set |= MOUNT_ATTR_RDONLY;
  const char *source = content_of(folder + 3, target, sizeof target);
  int fd = (int)sys(__NR_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  need("take folder", fd);
  need("take folder", sys(__NR_mount_setattr, fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr));
  return fd;
}

/* A file needs one to stand on, a folder a folder. */
static void make_mount_point(char *target, int fd) {
  struct statx file;
  size_t end = length(target);
  if (sys(__NR_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE, &file) < 0 || (file.stx_mode & S_IFMT) == S_IFDIR) {
    make_directories(target);
    return;
  }
  while (end && target[end] != '/') end--;
  target[end] = 0;
  make_directories(target);
  target[end] = '/';
  create_with(target, 0, "");
}

static void put_folder(const char *folder, int fd) {
  char target[4096];
  content_of(folder + 3, target, sizeof target);
  make_mount_point(target, fd);
  need("mount folder", sys(__NR_move_mount, fd, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH));
  sys(__NR_close, fd);
}

static void enter_namespaces(const struct options *o) {
  int folders[MAX_FOLDERS];
  for (int i = 0; i < o->folder_count; i++) folders[i] = take_folder(o->folders[i]);
  need("enter root", sys(__NR_chdir, o->root));
  if (mount_point("proc"))
    need("mount /proc", mount_at("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
  mount_dev();
  mount_sys();
  change_root();
  protect_kernel_files(!o->user_namespace);
  provide_files(o, 1);
  for (int i = 0; i < o->folder_count; i++) put_folder(o->folders[i], folders[i]);
}

static void enter_directory(const char *path) {
  if (!path) return;
  if (sys(__NR_chdir, path) == -ENOENT) make_directories(path);
  need("enter working directory", sys(__NR_chdir, path));
}

static void drop_privileges(const struct options *o) {
  struct { unsigned version; int pid; } head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct { unsigned effective, permitted, inheritable; } data[2] = {{0, 0, 0}, {0, 0, 0}}, now[2];
  unsigned kept[2] = {0, 0};
  for (size_t i = 0; i < COUNT(KEPT_CAPABILITIES); i++) kept[0] |= 1u << KEPT_CAPABILITIES[i];
  if (!equal(o->level, "namespaces")) kept[0] &= ~(1u << CAP_SYS_CHROOT);
  if (sys(__NR_capget, &head, now) < 0) memset(now, 0, sizeof now);
  for (unsigned cap = 0; cap < 64; cap++)
    if (!(kept[cap / 32] >> cap % 32 & 1)) sys(__NR_prctl, PR_CAPBSET_DROP, cap, 0, 0, 0);
  sys(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  /* Root without these (docker run --cap-drop ALL) starts plain processes as an ordinary user does: as itself. */
  unsigned switching = 1u << CAP_SETUID | 1u << CAP_SETGID;
  int powerless = equal(o->level, "process") && (now[0].effective & switching) != switching;
  int may_switch = !o->user_namespace && !powerless && sys(__NR_geteuid) == 0;
  if (may_switch) need("set groups", sys(SETGROUPS, o->group_count, o->groups));
  if (may_switch || o->user_namespace) {
    need("set group", sys(SETRESGID, o->gid, o->gid, o->gid));
    need("set user", sys(SETRESUID, o->uid, o->uid, o->uid));
  }
  if (o->uid == 0)
    for (int i = 0; i < 2; i++) data[i].effective = data[i].permitted = kept[i] & now[i].permitted;
  need("set capabilities", sys(__NR_capset, &head, data));
  need("forbid new privileges", sys(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  filter_calls();
}

static const char *search_path(char **envp) {
  for (; *envp; envp++) {
    const char *value = after(*envp, "PATH=");
    if (value) return value;
  }
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* Like execvp, without its habit of giving an unknown format to a shell. */
static long execute(char **program, char **envp) {
  const char *name = program[0];
  char path[4096];
  long worst = -ENOENT;
  for (const char *c = name; *c; c++)
    if (*c == '/') return sys(__NR_execve, name, program, envp);
  if (!*name || length(name) > 255) return -ENOENT;
  for (const char *at = search_path(envp);; at++) {
    size_t n = 0;
    while (*at && *at != ':' && n < 3800) path[n++] = *at++;
    if (!n) path[n++] = '.';
    path[n] = '/';
    *append(path + n + 1, name) = 0;
    long error = sys(__NR_execve, path, program, envp);
    if (error != -ENOENT && error != -ENOTDIR) worst = error;
    if (error != -ENOENT && error != -ENOTDIR && error != -EACCES) return error;
    if (!*at) return worst;
  }
}

static void reset_signals(void) {
  uint64_t none = 0;
  sys(__NR_rt_sigprocmask, SIG_SETMASK, &none, 0, sizeof none);
}

/* From here on the death of the monitor is the container's, too. */
static void die_with_monitor(int ready) {
  struct pollfd file = {ready, POLLIN, 0};
  sys(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  wait_for(&file, 1, 0);
  if (file.revents & POLLHUP) die(127); /* it died before the line above */
}

/* Makes the container around this process; for 'oci' the engine makes it, and this does not return. */
static void make_container(const struct options *o, char **envp, int ready) {
  int outer = equal(o->level, "oci"), namespaces = equal(o->level, "namespaces");
  if (outer || namespaces) {
    long flags = CLONE_NEWNS | (o->join ? 0 : CLONE_NEWUTS | CLONE_NEWIPC);
    need("unshare mounts", sys(__NR_unshare, flags));
    if (!o->join && o->hostname) sys(__NR_sethostname, o->hostname, length(o->hostname));
    mount_root(o);
  }
  if (namespaces) enter_namespaces(o);
  if (outer) {
    need("mount /proc", mount_at("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
    die_with_monitor(ready);
    reset_signals();
    give_up("start the OCI runtime", sys(__NR_execve, o->program[0], o->program, envp));
  }
  if (equal(o->level, "chroot")) {
    need("change root", sys(__NR_chroot, o->root));
    need("enter root", sys(__NR_chdir, "/"));
    make_chroot_devices();
    provide_files(o, 0);
  }
}

/* Runs in the new process; does not return. `ready` yields a byte once the parent has set limits. */
static void become_container(const struct options *o, char **envp, int ready, const int *output) {
  char byte;
  if (sys(__NR_read, ready, &byte, 1) != 1) die(127);
  sys(__NR_setsid);
  if (o->columns) {
    take_terminal(output[0]);
  } else {
    sys(__NR_dup3, output[0], 1, 0);
    sys(__NR_dup3, output[1], 2, 0);
  }
  if (!o->enter) make_container(o, envp, ready);
  else if (entered_.root >= 0) enter_container();
  sys(__NR_umask, 022);
  enter_directory(o->directory);
  int program = -1;
  if (o->execute) need("exec", program = open_file(o->execute, O_PATH, 0));
  drop_privileges(o);
  die_with_monitor(ready);
  reset_signals();
  /* A path rather than the descriptor would have to be reachable by the container's user. */
  give_up("exec", program >= 0 ? sys(__NR_execveat, program, "", o->program, envp, AT_EMPTY_PATH)
                               : execute(o->program, envp));
}
