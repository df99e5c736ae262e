/* listen.h: ports that Lazurite listens on, in the network namespace that the process is in. */

/* The unix socket through which connections to a port are taken; its name goes with the network. */
static int take_socket(struct request r, struct sockaddr_un *name) {
  *name = (struct sockaddr_un){.sun_family = AF_UNIX};
  char *end = append(name->sun_path + 1, "lazurite-");
  *end++ = r.place;
  decimal(end, r.port);
  return (int)sys(__NR_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void take(int client, struct request r) {
  struct sockaddr_un name;
  int listener = take_socket(r, &name);
  int error = listener < 0 ? listener : (int)sys(__NR_connect, listener, &name, sizeof name);
  if (answer(client, -error) && !error) join(client, listener);
}

/* A socket of ours at an address, or the negative errno. */
static int bound_socket(int type, unsigned address, unsigned short port) {
  struct sockaddr_in local = socket_address(address);
  int one = 1, fd = (int)sys(__NR_socket, AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  local.sin_port = network_order(port);
  if (type == SOCK_STREAM) sys(__NR_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  int error = (int)sys(__NR_bind, fd, &local, sizeof local);
  if (!error) return fd;
  sys(__NR_close, fd);
  return error;
}

static void listen_at(int client, struct request r, unsigned address) {
  int waiting[MAX_WAITING], count = 0;
  char byte = 0;
  struct sockaddr_un name;
  int fd = bound_socket(SOCK_STREAM, address, r.port), takers = take_socket(r, &name);
  int error = fd < 0 ? fd : (int)sys(__NR_listen, fd, BACKLOG);
  if (!error) error = (int)sys(__NR_bind, takers, &name, sizeof name);
  if (!error) error = (int)sys(__NR_listen, takers, BACKLOG);
  if (!answer(client, -error) || error) return;
  for (;;) {
    struct pollfd files[3] = {{client, POLLIN, 0}, {takers, POLLIN, 0}, {count < MAX_WAITING ? fd : -1, POLLIN, 0}};
    if (wait_for(files, 3, -1) < 0) continue;
    if (files[0].revents) break;
    if (files[1].revents) {
      int taker = (int)sys(__NR_accept4, takers, 0, 0, SOCK_CLOEXEC);
      if (count && !sys(__NR_clone, SIGCHLD, 0, 0, 0, 0)) {
        sys(__NR_close, fd);
        sys(__NR_close, takers);
        sys(__NR_close, client);
        for (int i = 1; i < count; i++) sys(__NR_close, waiting[i]);
        join(taker, waiting[0]);
        return;
      }
      sys(__NR_close, taker);
      if (count) {
        sys(__NR_close, waiting[0]);
        memmove(waiting, waiting + 1, (size_t)--count * sizeof *waiting);
      }
    }
    if (files[2].revents) {
      int connection = (int)sys(__NR_accept4, fd, 0, 0, SOCK_CLOEXEC);
      if (connection >= 0) {
        waiting[count++] = connection;
        if (!send_all(client, &byte, 1)) break;
      }
    }
  }
  sys(__NR_close, fd); /* before the client learns of it */
}

/* A datagram on its way to or from the client; numbers in network order. */
static struct { unsigned short size; unsigned char address[4]; unsigned short port; char bytes[BUFFER_BYTES]; } datagram;
enum { DATAGRAM_HEAD = 8 };

static void bind_at(int client, struct request r, unsigned address) {
  int fd = bound_socket(SOCK_DGRAM, address, r.port);
  if (!answer(client, fd < 0 ? -fd : 0) || fd < 0) return;
  for (;;) {
    struct pollfd files[2] = {{client, POLLIN, 0}, {fd, POLLIN, 0}};
    struct sockaddr_in other = socket_address(0);
    unsigned size = sizeof other;
    if (wait_for(files, 2, -1) < 0) continue;
    if (files[1].revents) {
      long n = sys(__NR_recvfrom, fd, datagram.bytes, BUFFER_BYTES - 1, MSG_DONTWAIT, &other, &size);
      datagram.size = network_order((unsigned short)n);
      memcpy(datagram.address, &other.sin_addr, 4);
      datagram.port = other.sin_port;
      if (n >= 0 && !send_all(client, (char *)&datagram, DATAGRAM_HEAD + (size_t)n)) return;
    }
    if (files[0].revents) {
      if (!receive(client, (char *)&datagram, DATAGRAM_HEAD)) return;
      size_t bytes = network_order(datagram.size);
      if (!receive(client, datagram.bytes, bytes)) return;
      memcpy(&other.sin_addr, datagram.address, 4);
      other.sin_port = datagram.port;
      sys(__NR_sendto, fd, datagram.bytes, bytes, MSG_NOSIGNAL | MSG_DONTWAIT, &other, sizeof other);
    }
  }
}
