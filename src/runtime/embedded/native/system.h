/* system.h: kernel structures and constants that belong to no header usable without a C library. */
#include <linux/capability.h>
#include <linux/eventpoll.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/socket.h>
#include <linux/stat.h>
#include <linux/wait.h>

enum {
  AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1, SOCK_NONBLOCK = 04000, SOCK_CLOEXEC = 02000000,
  SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_ERROR = 4, SCM_RIGHTS = 1, MSG_NOSIGNAL = 0x4000, MSG_DONTWAIT = 0x40,
  SIOCGIFFLAGS = 0x8913, SIOCSIFFLAGS = 0x8914, IFF_UP = 1,
  POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16,
  CONTROL = 3, /* the file descriptor that the starting process holds the other end of */
};

#ifndef S_IFCHR
#define S_IFCHR 0020000
#define S_IFBLK 0060000
#define S_IFIFO 0010000
#endif

struct pollfd { int fd; short events, revents; };
struct iovec_ { void *base; size_t size; };
struct msghdr_ {
  void *name;
  int name_size;
  struct iovec_ *parts;
  size_t part_count;
  void *control;
  size_t control_size;
  unsigned flags;
};

#ifdef __NR_setuid32
enum { SETGROUPS = __NR_setgroups32, SETRESUID = __NR_setresuid32, SETRESGID = __NR_setresgid32, FCHOWN = __NR_fchown32 };
#else
enum { SETGROUPS = __NR_setgroups, SETRESUID = __NR_setresuid, SETRESGID = __NR_setresgid, FCHOWN = __NR_fchown };
#endif

/* An id can have all 32 bits, more than `number` allows. */
static unsigned id_of(const char *text) {
  unsigned value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (unsigned)(*text - '0');
  return value;
}

static int open_file(const char *path, int flags, int mode) {
  return (int)sys(__NR_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode);
}

/* Writes the whole text to an existing file; 0 or the negative errno. */
static int write_file(const char *path, const char *text) {
  int fd = open_file(path, O_WRONLY, 0);
  if (fd < 0) return fd;
  long written = sys(__NR_write, fd, text, length(text));
  sys(__NR_close, fd);
  return written < 0 ? (int)written : 0;
}

/* Waits for one of the descriptors; `timeout_ms` of -1 waits for ever. */
static int wait_for(struct pollfd *files, unsigned count, int timeout_ms) {
  struct { long seconds, nanoseconds; } t = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
  return (int)sys(__NR_ppoll, files, count, timeout_ms < 0 ? 0 : &t, 0, 8);
}

/* '/proc/<pid>/<rest>' */
static const char *proc_path(char *to, unsigned pid, const char *rest) {
  char *end = append(to, "/proc/");
  end = decimal(end, pid);
  *end++ = '/';
  *append(end, rest) = 0;
  return to;
}

/* Maps one inside id to one outside id of the user namespace that this process just entered. */
static int map_user(unsigned uid, unsigned outer_uid, unsigned gid, unsigned outer_gid) {
  char text[64], *end;
  end = decimal(text, uid);
  *end++ = ' ';
  end = decimal(end, outer_uid);
  *append(end, " 1") = 0;
  int error = write_file("/proc/self/uid_map", text);
  if (error) return error;
  error = write_file("/proc/self/setgroups", "deny");
  if (error && error != -ENOENT) return error;
  end = decimal(text, gid);
  *end++ = ' ';
  end = decimal(end, outer_gid);
  *append(end, " 1") = 0;
  return write_file("/proc/self/gid_map", text);
}
