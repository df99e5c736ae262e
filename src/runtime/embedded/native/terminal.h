/*
 * terminal.h: `terminal=COLUMNSxROWS`, the pseudo terminal of a process that somebody types at. Standard
 * input and output are then that somebody's; 'w COLUMNS ROWS' on the control descriptor says a new size.
 */
enum { TIOCSPTLCK = 0x40045431, TIOCGPTPEER = 0x5441, TIOCSCTTY = 0x540e, TIOCSWINSZ = 0x5414, O_NO_TERMINAL = 0400 };

static void size_terminal(int master, unsigned columns, unsigned rows) {
  unsigned short size[4] = {(unsigned short)rows, (unsigned short)columns, 0, 0};
  sys(__NR_ioctl, master, TIOCSWINSZ, size);
}

/* The other side of a master, or -1 when that file is none. */
static int slave_of(int master) {
  int locked = 0;
  if (sys(__NR_ioctl, master, TIOCSPTLCK, &locked) < 0) return -1;
  return (int)sys(__NR_ioctl, master, TIOCGPTPEER, O_RDWR | O_NO_TERMINAL | O_CLOEXEC);
}

/* In the container's own /dev/pts where it has one, so that its programs find their terminal by name. */
static void open_terminal(const struct options *o, int *master, int *slave) {
  struct open_how how = {.flags = O_RDWR | O_NO_TERMINAL | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
  *slave = -1;
  *master = entered_.mounts >= 0
                ? (int)sys(__NR_openat2, entered_.root, "dev/pts/ptmx", &how, sizeof how)
                : -1;
  if (*master >= 0 && (*slave = slave_of(*master)) < 0) sys(__NR_close, *master);
  if (*slave < 0) {
    need("open terminal", *master = open_file("/dev/ptmx", O_RDWR | O_NO_TERMINAL, 0));
    need("open terminal", *slave = slave_of(*master));
  }
  sys(FCHOWN, *slave, o->uid, o->gid);
  size_terminal(*master, o->columns, o->rows);
}

/* In the new process, which leads a session of its own. */
static void take_terminal(int slave) {
  for (int fd = 0; fd < 3; fd++) need("take terminal", sys(__NR_dup3, slave, fd, 0));
  need("take terminal", sys(__NR_ioctl, 0, TIOCSCTTY, 0));
}
