/*
 * tie.h: `cell tie -- PROGRAM ARG…` runs a program of the host that would outlive whoever started it: it is
 * killed when the other end of file descriptor 3 closes. Ends with the program, with 0 when it was killed.
 *
 * `cell after -- PROGRAM ARG…` runs a program once the other end of file descriptor 3 has closed, to tidy up.
 */
static int tie(char **program, char **envp) {
  uint64_t set = 1ull << (SIGCHLD - 1);
  sys(__NR_rt_sigprocmask, SIG_BLOCK, &set, 0, sizeof set);
  int signals = (int)sys(__NR_signalfd4, -1, &set, sizeof set, SOCK_CLOEXEC);
  int child = (int)sys(__NR_clone, SIGCHLD, 0, 0, 0, 0);
  if (child < 0) return 1;
  if (child == 0) {
    sys(__NR_close, CONTROL);
    reset_signals();
    execute(program, envp);
    die(127);
  }
  struct pollfd files[2] = {{CONTROL, POLLIN, 0}, {signals, POLLIN, 0}};
  wait_for(files, 2, -1);
  if (!files[0].revents) return 1;
  sys(__NR_kill, child, SIGKILL);
  sys(__NR_wait4, child, 0, 0, 0);
  return 0;
}

static int run_after(char **program, char **envp) {
  struct pollfd file = {CONTROL, POLLIN, 0};
  sys(__NR_setsid); /* Ctrl-C is not meant for it */
  while (wait_for(&file, 1, -1) < 0) {}
  sys(__NR_close, CONTROL);
  execute(program, envp);
  return 127;
}
