/*
 * gateway.h: where a sandbox's programs find Lazurite: a network namespace at the other end of a cable, kept
 * by a process of its own. Any port there is free, and what listens hears this sandbox and nobody else.
 */
static struct { int channel, error; struct address link; } gateway = {-1, -ENETUNREACH, {0}};

enum { NOBODY = 65534, SOCK_SEQPACKET = 5 };

/* Gives every privilege up but the capabilities in `kept`. */
static void become_nobody(unsigned kept) {
  struct { unsigned version; int pid; } head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct { unsigned effective, permitted, inheritable; } data[2] = {{kept, kept, 0}, {0, 0, 0}};
  sys(__NR_prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
  sys(SETGROUPS, 0, 0);
  sys(SETRESGID, NOBODY, NOBODY, NOBODY);
  sys(SETRESUID, NOBODY, NOBODY, NOBODY);
  sys(__NR_capset, &head, data);
}

/* The cable between `inside` and the namespace that the process enters; 0 or the negative errno. */
static int make_cable(int inside) {
  const struct address *link = &gateway.link;
  int error = (int)sys(__NR_unshare, CLONE_NEWNET);
  if (error) return error;
  int outside = open_file("/proc/self/ns/net", O_RDONLY, 0);
  error = link_up("lo");
  if (!error) error = make_pair("lazurite", 0, "lazurite", inside);
  if (!error) error = give_address("lazurite", link->neighbour, link->bits);
  if (!error) error = link_up("lazurite");
  /* On a machine of a cloud its own would answer the containers otherwise. */
  if (!error) error = give_address("lo:1", quad(METADATA), 32);
  if (!error) error = (int)sys(__NR_setns, inside, CLONE_NEWNET);
  if (error) return error;
  error = give_address("lazurite", link->own, link->bits);
  if (!error) error = link_up("lazurite");
  if (!error) error = route(quad(METADATA), RTF_HOST_, link->neighbour);
  int back = (int)sys(__NR_setns, outside, CLONE_NEWNET);
  sys(__NR_close, outside);
  return error ? error : back;
}

/* Room for one file descriptor beside a message. */
struct rights { size_t size; int level, type, fd; };

/* Gives the client to the process at the gateway; 0 or the negative errno. */
static int hand_over(int client, struct request request) {
  struct rights rights = {sizeof(size_t) + 12, SOL_SOCKET, SCM_RIGHTS, client};
  struct iovec_ part = {&request, sizeof request};
  struct msghdr_ message = {.parts = &part, .part_count = 1, .control = &rights, .control_size = sizeof rights};
  if (gateway.error) return gateway.error;
  long sent = sys(__NR_sendmsg, gateway.channel, &message, MSG_NOSIGNAL);
  return sent < 0 ? (int)sent : 0;
}

static void serve_at_gateway(int client, struct request r) {
  unsigned address = r.place == 'm' ? quad(METADATA) : gateway.link.neighbour;
  switch (r.verb) {
    case 'l': listen_at(client, r, address); break;
    case 't': take(client, r); break;
    case 'b': bind_at(client, r, address); break;
  }
}

static void keep_gateway(void) {
  become_nobody(1u << CAP_NET_BIND_SERVICE);
  for (;;) {
    struct request request;
    struct rights rights = {.fd = -1};
    struct iovec_ part = {&request, sizeof request};
    struct msghdr_ message = {.parts = &part, .part_count = 1, .control = &rights, .control_size = sizeof rights};
    long n = sys(__NR_recvmsg, gateway.channel, &message, 0);
    if (n == -EINTR) continue;
    if (n <= 0) return; /* the relay has ended */
    if (n != sizeof request || rights.fd < 0) continue;
    if (!sys(__NR_clone, SIGCHLD, 0, 0, 0, 0)) {
      serve_at_gateway(rights.fd, request);
      return;
    }
    sys(__NR_close, rights.fd);
  }
}

/* Starts the process that keeps the gateway. Where that is not possible `hand_over` tells why. */
static void open_gateway(const char *link, int clients) {
  int pair[2], inside = open_file("/proc/self/ns/net", O_RDONLY, 0);
  gateway.link = read_address(link);
  if (sys(__NR_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return;
  long child = sys(__NR_clone, SIGCHLD, 0, 0, 0, 0);
  gateway.channel = pair[!child];
  sys(__NR_close, pair[!!child]);
  if (!child) {
    sys(__NR_close, clients);
    int error = make_cable(inside);
    sys(__NR_close, inside);
    sys(__NR_sendto, gateway.channel, &error, sizeof error, MSG_NOSIGNAL, 0, 0);
    if (!error) keep_gateway();
    sys(__NR_exit_group, 0);
  }
  sys(__NR_close, inside);
  if (child < 0 || sys(__NR_read, gateway.channel, &gateway.error, sizeof gateway.error) <= 0) gateway.error = -EPIPE;
}
