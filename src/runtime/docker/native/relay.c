/*
 * relay: the first container of a sandbox at a Docker-compatible engine. It keeps the sandbox's network and
 * opens connections in it for Lazurite, which may be outside of the machine that the engine runs on.
 *
 *   relay PORT TOKEN [LINK]   LINK adds a gateway, e.g. 100.100.0.2/30,100.100.0.1 (gateway.h)
 *   relay kill PID            ends a process of the engine's machine, where it is given that one's processes
 *
 * A client that connects to PORT sends TOKEN, what it wants, where (i: on the loopback inside, g: at the
 * gateway, m: at the address of a cloud's metadata service), and a port in five digits. The answer is an errno,
 * four bytes, most significant first; after four zeros the connection is,
 *
 *   di08000  dial: that of the program that listens on the port on the loopback
 *   pi00000  ports: the text of /proc/net/tcp and tcp6
 *   lg00080  listen on the port: a byte for each connection, until the client closes
 *   tg00080  take: the oldest connection to a port that another client listens on
 *   bg00053  bind: datagrams both ways, each after its length, the other side's address and its port
 */
#include "nolibc.h"

#include "../../embedded/native/system.h"

#include "../../embedded/native/network.h"

#include <linux/un.h>

enum {
  TOKEN_BYTES = 32, REQUEST_BYTES = TOKEN_BYTES + 7, PATIENCE_MS = 10000, MAX_WAITING = 256,
  BUFFER_BYTES = 65536, BACKLOG = 1024, SHUT_WR = 1, SIG_IGN_ = 1, IPPROTO_TCP_ = 6, TCP_NODELAY = 1,
};

/* What a client asks for, once it has shown that it may. */
struct request { char verb, place; unsigned short port; };

/* One direction of a connection. */
struct flow {
  unsigned from, to; /* 0 is the client, 1 the program */
  unsigned start, end;
  int ended;
  char bytes[BUFFER_BYTES];
};
static struct flow flows[2];

static unsigned short network_order(unsigned short port) { return (unsigned short)(port << 8 | port >> 8); }

static int send_all(int fd, const char *bytes, size_t size) {
  while (size) {
    long n = sys(__NR_sendto, fd, bytes, size, MSG_NOSIGNAL, 0, 0);
    if (n == -EINTR) continue;
    if (n <= 0) return 0;
    bytes += n;
    size -= (size_t)n;
  }
  return 1;
}

static int answer(int client, int error) {
  char bytes[4] = {0, 0, (char)(error >> 8), (char)error};
  return send_all(client, bytes, sizeof bytes);
}

/* Reads exactly `size` bytes; 0 when they do not come. */
static int receive(int client, char *to, size_t size) {
  struct pollfd file = {client, POLLIN, 0};
  while (size) {
    if (wait_for(&file, 1, PATIENCE_MS) <= 0) return 0;
    long n = sys(__NR_read, client, to, size);
    if (n <= 0) return 0;
    to += n;
    size -= (size_t)n;
  }
  return 1;
}

static void send_file(int client, const char *path) {
  int fd = open_file(path, O_RDONLY, 0);
  if (fd < 0) return;
  for (;;) {
    long n = sys(__NR_read, fd, flows[0].bytes, BUFFER_BYTES);
    if (n <= 0 || !send_all(client, flows[0].bytes, (size_t)n)) break;
  }
  sys(__NR_close, fd);
}

/* A socket connected to the port, or the negative errno. IPv6 is tried when nothing listens on IPv4. */
static int connect_loopback(unsigned short port) {
  struct sockaddr_in local4 = {.sin_family = AF_INET, .sin_port = network_order(port)};
  struct sockaddr_in6 local6 = {.sin6_family = AF_INET6, .sin6_port = network_order(port)};
  memcpy(&local4.sin_addr, "\177\0\0\1", 4);
  local6.sin6_addr.s6_addr[15] = 1;
  int fd = (int)sys(__NR_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  int error = (int)sys(__NR_connect, fd, &local4, sizeof local4);
  if (!error) return fd;
  sys(__NR_close, fd);
  fd = (int)sys(__NR_socket, AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return error; /* a machine without IPv6 */
  if (!sys(__NR_connect, fd, &local6, sizeof local6)) return fd;
  sys(__NR_close, fd);
  return error;
}

/* Moves what can be moved now; 0 when the connection is broken. */
static int move(struct flow *f, const int *fds) {
  if (f->start == f->end && !f->ended) {
    long n = sys(__NR_recvfrom, fds[f->from], f->bytes, BUFFER_BYTES, MSG_DONTWAIT, 0, 0);
    if (n < 0) return n == -EAGAIN || n == -EINTR;
    f->start = 0;
    f->end = (unsigned)n;
    f->ended = !n;
    if (!n) sys(__NR_shutdown, fds[f->to], SHUT_WR);
  }
  if (f->start < f->end) {
    long n = sys(__NR_sendto, fds[f->to], f->bytes + f->start, f->end - f->start, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
    if (n < 0) return n == -EAGAIN || n == -EINTR;
    f->start += (unsigned)n;
  }
  return 1;
}

/* Passes bytes on both ways, and the end of each, until both have ended. */
static void join(int client, int program) {
  const int fds[2] = {client, program};
  flows[0].to = flows[1].from = 1;
  while (!flows[0].ended || !flows[1].ended) {
    struct pollfd files[2] = {{client, 0, 0}, {program, 0, 0}};
    for (struct flow *f = flows; f < flows + 2; f++) {
      if (f->start < f->end) files[f->to].events |= POLLOUT;
      else if (!f->ended) files[f->from].events |= POLLIN;
    }
    for (unsigned i = 0; i < 2; i++)
      if (!files[i].events) files[i].fd = -1; /* a hang-up there would be told again and again */
    if (wait_for(files, 2, -1) < 0) continue;
    for (struct flow *f = flows; f < flows + 2; f++)
      if ((files[f->from].revents || files[f->to].revents) && !move(f, fds)) return;
  }
}

static void dial(int client, unsigned short port) {
  int one = 1, program = connect_loopback(port);
  if (!answer(client, program < 0 ? -program : 0) || program < 0) return;
  sys(__NR_setsockopt, program, IPPROTO_TCP_, TCP_NODELAY, &one, sizeof one);
  join(client, program);
}

#include "listen.h"

#include "gateway.h"

static void serve(int client, const char *token) {
  char text[REQUEST_BYTES + 1];
  int one = 1;
  if (!receive(client, text, REQUEST_BYTES) || memcmp(text, token, TOKEN_BYTES)) return;
  text[REQUEST_BYTES] = 0;
  const char *words = text + TOKEN_BYTES;
  struct request request = {words[0], words[1], (unsigned short)id_of(words + 2)};
  sys(__NR_setsockopt, client, IPPROTO_TCP_, TCP_NODELAY, &one, sizeof one);
  if (request.place != 'i') {
    int error = hand_over(client, request);
    if (error) answer(client, -error);
    return;
  }
  switch (request.verb) {
    case 'd': dial(client, request.port); break;
    case 'l': listen_at(client, request, quad("127.0.0.1")); break;
    case 't': take(client, request); break;
    case 'p':
      answer(client, 0);
      send_file(client, "/proc/net/tcp");
      send_file(client, "/proc/net/tcp6");
  }
}

static int run(int argc, char **argv, char **envp) {
  (void)envp;
  if (argc == 3 && equal(argv[1], "kill")) return sys(__NR_kill, number(argv[2], -1), SIGKILL) < 0;
  long port = argc >= 3 ? number(argv[1], 0) : 0;
  if (port < 1 || port > 65535 || length(argv[2]) != TOKEN_BYTES) return 2;
  struct { long handler, flags, restorer, mask[2]; } ignore = {.handler = SIG_IGN_};
  sys(__NR_rt_sigaction, SIGCHLD, &ignore, 0, 8); /* nobody waits for the children */
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = network_order((unsigned short)port)};
  int fd = (int)sys(__NR_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || sys(__NR_bind, fd, &any, sizeof any) < 0 || sys(__NR_listen, fd, BACKLOG) < 0) return 1;
  if (argc > 3) open_gateway(argv[3], fd);
  become_nobody(0);
  for (;;) {
    int client = (int)sys(__NR_accept4, fd, 0, 0, SOCK_CLOEXEC);
    if (client < 0) continue;
    long child = sys(__NR_clone, SIGCHLD, 0, 0, 0, 0);
    if (!child) {
      sys(__NR_close, fd);
      serve(client, argv[2]);
      return 0;
    }
    sys(__NR_close, client);
  }
}
