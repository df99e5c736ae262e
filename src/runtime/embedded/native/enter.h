/*
 * enter.h: `enter=PID`, one more process in a container that runs. PID is the container's first process.
 *
 * Files are opened before anything is joined: behind the first namespace /proc may show other processes.
 */
#include <linux/openat2.h>

static struct { int root, mounts; } entered_ = {-1, -1};

static int file_of(const struct options *o, const char *name, int flags) {
  char path[64];
  int fd = open_file(proc_path(path, (unsigned)o->enter, name), flags, 0);
  need("find container", fd);
  return fd;
}

/* Joins all but the mounts, which only the new process may: this one still has cgroup files to write. */
static void join_container(const struct options *o) {
  static const char *const SHARED[] = {"ns/net", "ns/uts", "ns/ipc", "ns/pid"};
  char path[64];
  int files[4], user = -1, sandbox_user = -1, isolated = !equal(o->level, "chroot");
  if (!isolated) { /* a folder like others: the process's own link to it may be closed to a root of few powers */
    need("find container", entered_.root = open_file(o->root, O_PATH | O_DIRECTORY, 0));
    return;
  }
  entered_.root = file_of(o, "root", O_PATH | O_DIRECTORY);
  entered_.mounts = file_of(o, "ns/mnt", O_RDONLY);
  for (int i = o->join ? 0 : 1; i < 4; i++) files[i] = file_of(o, SHARED[i], O_RDONLY);
  if (o->user_namespace) {
    user = file_of(o, "ns/user", O_RDONLY);
    if (o->join)
      need("find sandbox", sandbox_user = open_file(proc_path(path, (unsigned)o->join, "ns/user"), O_RDONLY, 0));
  }
  /* The sandbox's namespaces belong to its user namespace; the container may be in one below it. */
  if (sandbox_user >= 0) need("join sandbox", sys(__NR_setns, sandbox_user, 0));
  else if (user >= 0) need("join container", sys(__NR_setns, user, 0));
  for (int i = o->join ? 0 : 1; i < 3; i++) need("join container", sys(__NR_setns, files[i], 0));
  if (sandbox_user >= 0) {
    long result = sys(__NR_setns, user, 0);
    if (result != -EINVAL) need("join container", result); /* it is the same one */
  }
  need("join container", sys(__NR_setns, files[3], 0));
}

/* Runs in the new process. */
static void enter_container(void) {
  if (entered_.mounts >= 0) need("join mounts", sys(__NR_setns, entered_.mounts, 0));
  need("enter root", sys(__NR_fchdir, entered_.root));
  need("enter root", sys(__NR_chroot, "."));
}
