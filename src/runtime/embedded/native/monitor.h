/*
 * monitor.h: `cell run`, the parent of one container.
 *
 * File descriptor 3 is a socket to the runtime. Lines out: 'pid N' (started, before its exec), 'error STEP
 * ERRNO' (could not be started), 'running' (its program runs), 'exit CODE SIGNAL' (after the last output).
 * Lines in: 's N' sends signal N; 'w COLUMNS ROWS' sizes the terminal. When the other end closes, the
 * container is killed.
 *
 * The container's output passes through pipes, because a program may open /dev/stdout again, which a
 * socket (what Node gives a child) does not allow.
 */
enum { PUMP_BYTES = 32768 };

struct pump { int from, to; unsigned start, end; char bytes[PUMP_BYTES]; };

static struct {
  struct pump pumps[2];
  int child, status, ended, killed, tree, control_open, signals, terminal;
  unsigned line_length;
  char line[64];
} watch_;

static void tell(const char *word, const unsigned *numbers, int count) {
  char text[64], *end = append(text, word);
  for (int i = 0; i < count; i++) {
    *end++ = ' ';
    end = decimal(end, numbers[i]);
  }
  *end++ = '\n';
  sys(__NR_sendto, CONTROL, text, end - text, MSG_NOSIGNAL, 0, 0);
}

/* Joins the sandbox's namespaces, and makes the ones that the container's processes are born into. */
static void prepare_namespaces(const struct options *o) {
  static const char *const SHARED[] = {"ns/user", "ns/net", "ns/uts", "ns/ipc"};
  char path[64];
  int files[4];
  unsigned uid = (unsigned)sys(__NR_geteuid), gid = (unsigned)sys(__NR_getegid);
  for (int i = o->user_namespace ? 0 : 1; o->join && i < 4; i++)
    need("find sandbox", files[i] = open_file(proc_path(path, (unsigned)o->join, SHARED[i]), O_RDONLY, 0));
  for (int i = o->user_namespace ? 0 : 1; o->join && i < 4; i++) need("join sandbox", sys(__NR_setns, files[i], 0));
  if (o->user_namespace && (!o->join || o->uid || o->gid)) {
    /* Only one id can be mapped without help: the user that the container runs as. */
    need("unshare user", sys(__NR_unshare, CLONE_NEWUSER));
    need("map user", map_user(o->uid, o->join ? 0 : uid, o->gid, o->join ? 0 : gid));
  }
  need("unshare pid", sys(__NR_unshare, CLONE_NEWPID));
}

static int parent_of(const char *name) {
  char path[64], text[512];
  *append(append(append(path, "/proc/"), name), "/stat") = 0;
  int fd = open_file(path, O_RDONLY, 0);
  if (fd < 0) return -1;
  long n = sys(__NR_read, fd, text, sizeof text - 1);
  sys(__NR_close, fd);
  if (n <= 0) return -1;
  text[n] = 0;
  while (n > 0 && text[n] != ')') n--; /* the name before it may hold anything */
  return text[n] == ')' ? (int)id_of(text + n + 4) : -1;
}

/* Kills every process whose parent this one is; orphaned grandchildren become its children in turn. */
static void kill_children(void) {
  struct { uint64_t inode, offset; unsigned short size; unsigned char type; char name[]; } *entry;
  static char buffer[8192];
  int self = (int)sys(__NR_getpid), fd = open_file("/proc", O_RDONLY | O_DIRECTORY, 0);
  long n;
  while (fd >= 0 && (n = sys(__NR_getdents64, fd, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < n; at += entry->size) {
      entry = (void *)(buffer + at);
      if (entry->name[0] >= '1' && entry->name[0] <= '9' && parent_of(entry->name) == self)
        sys(__NR_kill, id_of(entry->name), SIGKILL);
    }
  if (fd >= 0) sys(__NR_close, fd);
}

static void kill_container(void) {
  watch_.killed = 1;
  if (watch_.child > 0 && !watch_.ended) sys(__NR_kill, watch_.child, SIGKILL);
  if (watch_.tree) kill_children();
}

/* Collects what has died. With no PID namespace, the main process takes its descendants along. */
static void reap(void) {
  int status;
  for (;;) {
    int pid = (int)sys(__NR_wait4, -1, &status, 1 /* WNOHANG */, 0);
    if (pid <= 0) {
      if (pid == -ECHILD) watch_.tree = 0;
      break;
    }
    if (pid == watch_.child) watch_.ended = 1, watch_.status = status;
  }
  if (watch_.ended && watch_.tree) kill_children();
}

static void obey_control(const char *line) {
  if (line[0] == 'w' && line[1] == ' ' && watch_.terminal) {
    unsigned columns = id_of(line + 2);
    for (line += 2; *line && *line != ' '; line++) {}
    if (*line) size_terminal(watch_.pumps[0].from, columns, id_of(line + 1));
    return;
  }
  unsigned signal = line[0] == 's' && line[1] == ' ' ? id_of(line + 2) : 0;
  if (signal == SIGKILL) kill_container();
  else if (signal && !watch_.ended) sys(__NR_kill, watch_.child, signal);
}

static void hear_control(void) {
  char *line = watch_.line;
  long n = sys(__NR_read, CONTROL, line + watch_.line_length, sizeof watch_.line - watch_.line_length);
  if (n == -EAGAIN || n == -EINTR) return;
  if (n <= 0) {
    watch_.control_open = 0;
    kill_container();
    return;
  }
  watch_.line_length += (unsigned)n;
  unsigned start = 0;
  for (unsigned at = 0; at < watch_.line_length; at++)
    if (line[at] == '\n') {
      line[at] = 0;
      obey_control(line + start);
      start = at + 1;
    }
  watch_.line_length -= start;
  memmove(line, line + start, watch_.line_length);
  if (watch_.line_length == sizeof watch_.line) watch_.line_length = 0;
}

static void close_pump(struct pump *p) {
  sys(__NR_close, p->from);
  p->from = -1;
  p->start = p->end = 0;
}

/* Moves bytes from the container's pipe to the runtime's socket as far as both allow. */
static void pump(struct pump *p) {
  for (int turns = 0; turns < 8 && p->from >= 0; turns++) {
    if (p->start == p->end) {
      long n = sys(__NR_read, p->from, p->bytes, PUMP_BYTES);
      if (n == -EAGAIN || n == -EINTR) return;
      if (n <= 0) {
        close_pump(p);
        return;
      }
      p->start = 0;
      p->end = (unsigned)n;
    }
    long n = sys(__NR_write, p->to, p->bytes + p->start, p->end - p->start);
    if (n == -EAGAIN || n == -EINTR) return;
    if (n < 0) p->start = p->end; /* nobody reads any more: the container must not notice */
    else p->start += (unsigned)n;
  }
}

static void take_monitor_signals(void) {
  uint64_t set = 1ull << (SIGCHLD - 1) | 1ull << (SIGTERM - 1) | 1ull << (SIGINT - 1) |
                 1ull << (SIGHUP - 1) | 1ull << (SIGPIPE - 1);
  uint64_t heard = set & ~(1ull << (SIGPIPE - 1));
  sys(__NR_rt_sigprocmask, SIG_BLOCK, &set, 0, sizeof set);
  watch_.signals = (int)sys(__NR_signalfd4, -1, &heard, sizeof heard, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static void hear_signals(void) {
  unsigned info[32];
  while (sys(__NR_read, watch_.signals, info, sizeof info) == sizeof info)
    if (info[0] != SIGCHLD) kill_container();
  reap();
}

/* Where the container's process writes, and this one reads: a pipe for each of its outputs. */
static void make_pipes(const struct options *o, int *from, int *to) {
  for (int i = 0; i < 2; i++) {
    int ends[2];
    need("make pipes", sys(__NR_pipe2, ends, O_CLOEXEC));
    from[i] = ends[0];
    to[i] = ends[1];
    /* so that the container's user may open /dev/stdout again */
    if (!o->user_namespace) sys(FCHOWN, to[i], o->uid, o->gid);
  }
}

/* Starts the container's process and waits until its program runs. */
static void start_container(const struct options *o, char **envp) {
  int from[2] = {-1, 0}, to[2] = {-1, -1}, ready[2], running[2];
  watch_.terminal = o->columns != 0;
  if (watch_.terminal) open_terminal(o, &from[0], &to[0]);
  else make_pipes(o, from, to);
  need("make pipes", sys(__NR_pipe2, ready, O_CLOEXEC));
  need("make pipes", sys(__NR_pipe2, running, O_CLOEXEC));
  int child = (int)sys(__NR_clone, SIGCHLD, 0, 0, 0, 0);
  need("fork", child);
  if (child == 0) {
    sys(__NR_close, ready[1]);
    become_container(o, envp, ready[0], to);
  }
  watch_.child = child;
  for (int i = 0; i < 2; i++)
    if (to[i] >= 0) sys(__NR_close, to[i]);
  sys(__NR_close, ready[0]);
  sys(__NR_close, running[1]);
  watch_.pumps[0] = (struct pump){.from = from[0], .to = 1};
  watch_.pumps[1] = (struct pump){.from = from[1], .to = watch_.terminal ? from[0] : 2};
  for (int i = 0; i < 2; i++) {
    sys(__NR_fcntl, watch_.pumps[i].from, F_SETFL, O_RDWR | O_NONBLOCK);
    sys(__NR_fcntl, watch_.pumps[i].to, F_SETFL, O_RDWR | O_NONBLOCK);
  }
  char pid[16], byte;
  *decimal(pid, (unsigned)child) = 0;
  for (int i = 0; i < o->cgroup_count; i++) need("join cgroup", write_file(o->cgroups[i], pid));
  tell("pid", &(unsigned){(unsigned)child}, 1);
  sys(__NR_write, ready[1], "g", 1);
  /* Nothing is ever written here: it ends when exec, or death, closes the child's copy. */
  while (sys(__NR_read, running[0], &byte, 1) == -EINTR) {}
  sys(__NR_close, running[0]);
  sys(__NR_close, ready[1]);
}

/* Others may still have the terminal open when its process has ended and all that it wrote was passed on. */
static int finished(short output) {
  if (watch_.terminal && watch_.ended && !watch_.tree)
    return watch_.pumps[0].from < 0 || (watch_.pumps[0].start == watch_.pumps[0].end && !(output & POLLIN));
  return watch_.ended && !watch_.tree && watch_.pumps[0].from < 0 && watch_.pumps[1].from < 0;
}

static void watch_container(void) {
  short output = POLLIN;
  while (!finished(output)) {
    struct pollfd files[4] = {{watch_.signals, POLLIN, 0}, {watch_.control_open ? CONTROL : -1, POLLIN, 0}};
    for (int i = 0; i < 2; i++) {
      struct pump *p = &watch_.pumps[i];
      int full = p->start < p->end;
      files[2 + i] = (struct pollfd){full ? p->to : p->from, full ? POLLOUT : POLLIN, 0};
      if (p->from < 0) files[2 + i].fd = -1;
    }
    /* While the tree is being killed, a process born meanwhile must be met again. */
    wait_for(files, 4, (watch_.tree || watch_.terminal) && (watch_.ended || watch_.killed) ? 20 : -1);
    output = files[2].revents;
    hear_signals();
    if (files[1].revents) hear_control();
    for (int i = 0; i < 2; i++)
      if (files[2 + i].revents) pump(&watch_.pumps[i]);
    if (!watch_.control_open || watch_.killed) kill_container();
  }
}

/* Nobody reads the exit status any more. A cgroup stays busy for a moment after its last process. */
static void sweep(const struct options *o) {
  for (int i = 0; i < o->swept_count; i++)
    for (int tries = 0; tries < 20; tries++) {
      if (sys(__NR_unlinkat, AT_FDCWD, o->swept[i], AT_REMOVEDIR) != -EBUSY) break;
      wait_for(NULL, 0, 5);
    }
}

static int monitor(const struct options *o, char **envp) {
  sys(__NR_setsid);
  sys(__NR_fcntl, CONTROL, F_SETFD, FD_CLOEXEC);
  take_monitor_signals();
  int namespaces = equal(o->level, "oci") || equal(o->level, "namespaces");
  if (o->enter && !equal(o->level, "process")) join_container(o);
  if (namespaces && !o->enter) prepare_namespaces(o);
  if (!namespaces) sys(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  watch_.tree = !namespaces;
  watch_.control_open = 1;
  start_container(o, envp);
  sys(__NR_fcntl, CONTROL, F_SETFL, O_RDWR | O_NONBLOCK);
  tell("running", NULL, 0);
  watch_container();
  if (!watch_.control_open) sweep(o);
  unsigned signal = (unsigned)watch_.status & 127, code = (unsigned)watch_.status >> 8 & 255;
  tell("exit", (unsigned[]){signal ? 128 + signal : code, signal}, 2);
  return 0;
}
