/*
 * hold.h: `cell hold`, the process that keeps a sandbox's network namespaces: `inside`, where its containers
 * are, and with `link=` also `gateway`, at the other end of a cable, where Lazurite answers them. Both are
 * nobody else's, so that any port of the gateway is free, and none that the containers want is taken.
 *
 * File descriptor 3 is the IPC channel of Node's child_process: lines of JSON, and open sockets beside
 * them. Node writes one of
 *
 *   {"dial":8000,"id":1}             connects to a port inside
 *   {"listen-inside":42356,"id":2}   listens on a port of the loopback inside
 *   {"listen-gateway":80,"id":3}     listens on a port of the gateway's address
 *   {"bind-gateway":53,"id":4}       takes datagrams there
 *   {"listen-metadata":80,"id":5}    listens at the address of a cloud's metadata service, for the containers
 *
 * and gets the socket, which it then uses itself (nothing is copied through this process), or
 * {"id":1,"error":111}. A socket travels as Node's own processes send one: a NODE_HANDLE message that Node
 * acknowledges. What waits for ports to shut is in watch.h.
 */
enum { MAX_DIALS = 1024, LINE_BYTES = 16384 };

enum dial_state { FREE, CONNECTING, READY, REFUSED, SENT, RESTING };
enum dial_kind { DIALLED, LISTENING, DATAGRAMS, WATCHED };
struct dial {
  enum dial_state state;
  enum dial_kind kind;
  int fd, error, ip6;
  unsigned id;
  unsigned short port;
  unsigned every, within; /* of what is watched, milliseconds */
  int64_t due;
};

static struct {
  struct dial dials[MAX_DIALS];
  struct dial *beyond; /* the end of those that have ever been used */
  unsigned sent[MAX_DIALS]; /* ids of handles not yet acknowledged, oldest first */
  unsigned sent_first, sent_count;
  int poller, blocked, inside, gateway;
  unsigned gateway_address;
  unsigned line_length;
  char line[LINE_BYTES];
} holder;

static void hold_watch(int operation, int fd, uint32_t events, unsigned data) {
  struct epoll_event event = {.events = events, .data = data};
  sys(__NR_epoll_ctl, holder.poller, operation, fd, &event);
}

static int send_line(const char *text, size_t size, int fd) {
  struct { size_t size; int level, type, fd; } rights = {sizeof(size_t) + 12, SOL_SOCKET, SCM_RIGHTS, fd};
  struct iovec_ part = {(void *)text, size};
  struct msghdr_ message = {.parts = &part, .part_count = 1};
  if (fd >= 0) {
    message.control = &rights;
    message.control_size = sizeof rights;
  }
  return (int)sys(__NR_sendmsg, CONTROL, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void watch_channel(int blocked) {
  if (blocked != holder.blocked) hold_watch(EPOLL_CTL_MOD, CONTROL, EPOLLIN | (blocked ? EPOLLOUT : 0), MAX_DIALS);
  holder.blocked = blocked;
}

/* Sends the outcome of one dial; returns 0 when the channel takes no more now. */
static int report(struct dial *d) {
  static const char *const TYPES[] = {"net.Socket", "net.Server", "dgram.Socket\",\"dgramType\":\"udp4"};
  char text[160], *end;
  if (d->state == READY) {
    end = append(append(text, "{\"cmd\":\"NODE_HANDLE\",\"type\":\""), TYPES[d->kind]);
    end = append(decimal(append(end, "\",\"msg\":{\"id\":"), d->id), "}}\n");
  } else {
    end = append(decimal(append(text, "{\"id\":"), d->id), ",\"error\":");
    end = append(decimal(end, (unsigned)d->error), "}\n");
  }
  int result = send_line(text, (size_t)(end - text), d->state == READY ? d->fd : -1);
  if (result == -EAGAIN) return 0;
  if (d->state == READY) {
    sys(__NR_close, d->fd);
    holder.sent[(holder.sent_first + holder.sent_count++) % MAX_DIALS] = (unsigned)(d - holder.dials);
    d->state = SENT;
  } else {
    d->state = FREE;
  }
  return 1;
}

static void report_all(void) {
  for (struct dial *d = holder.dials; d < holder.beyond; d++)
    if ((d->state == READY || d->state == REFUSED) && !report(d)) {
      watch_channel(1);
      return;
    }
  watch_channel(0);
}

static void rest(struct dial *d);

static void settle(struct dial *d, int error) {
  if (d->kind == WATCHED && !error) {
    rest(d);
    return;
  }
  d->state = error ? REFUSED : READY;
  d->error = error;
  if (error && d->fd >= 0) sys(__NR_close, d->fd);
  if (holder.blocked || !report(d)) watch_channel(1);
}

static void connect_dial(struct dial *d);

static void connected(struct dial *d, int error) {
  if (error != ECONNREFUSED || d->ip6) {
    settle(d, error);
    return;
  }
  sys(__NR_close, d->fd); /* perhaps it listens on IPv6 only */
  d->ip6 = 1;
  connect_dial(d);
}

/* The first time it begins to connect; later it tells what came of that, or -EALREADY. */
static long ask_connect(struct dial *d) {
  struct sockaddr_in local4 = {.sin_family = AF_INET, .sin_port = d->port};
  struct sockaddr_in6 local6 = {.sin6_family = AF_INET6, .sin6_port = d->port};
  memcpy(&local4.sin_addr, "\177\0\0\1", 4);
  local6.sin6_addr.s6_addr[15] = 1;
  return d->ip6 ? sys(__NR_connect, d->fd, &local6, sizeof local6) : sys(__NR_connect, d->fd, &local4, sizeof local4);
}

static void connect_dial(struct dial *d) {
  d->fd = (int)sys(__NR_socket, d->ip6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (d->fd < 0) {
    settle(d, d->ip6 ? ECONNREFUSED : -d->fd);
    return;
  }
  long result = ask_connect(d);
  if (result == -EINPROGRESS) result = ask_connect(d); /* over the loopback it has been decided by now */
  if (result != -EALREADY) {
    connected(d, (int)-result);
    return;
  }
  d->state = CONNECTING;
  hold_watch(EPOLL_CTL_ADD, d->fd, EPOLLOUT, (unsigned)(d - holder.dials));
}

static void finish_connect(struct dial *d) {
  long result = d->state == CONNECTING ? ask_connect(d) : -EALREADY;
  if (result == -EALREADY) return;
  hold_watch(EPOLL_CTL_DEL, d->fd, 0, 0);
  connected(d, (int)-result);
}

/* A place for one more request; NULL, and told, when there is none. */
static struct dial *new_dial(enum dial_kind kind, unsigned port, unsigned id) {
  struct dial *d = holder.dials;
  while (d < holder.dials + MAX_DIALS && d->state != FREE) d++;
  if (d < holder.dials + MAX_DIALS) {
    if (d >= holder.beyond) holder.beyond = d + 1;
    *d = (struct dial){.kind = kind, .fd = -1, .id = id, .port = (unsigned short)(port << 8 | port >> 8)};
    return d;
  }
  char text[64], *end = append(decimal(append(text, "{\"id\":"), id), ",\"error\":");
  end = append(decimal(end, EAGAIN), "}\n");
  send_line(text, (size_t)(end - text), -1);
  return NULL;
}

static void start_dial(unsigned port, unsigned id) {
  struct dial *d = new_dial(DIALLED, port, id);
  if (d) connect_dial(d);
}

/* Makes a socket that waits at an address of one of the two namespaces. */
static void open_port(struct dial *d, int space, unsigned address) {
  int type = (d->kind == DATAGRAMS ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, on = 1;
  struct sockaddr_in local = socket_address(address);
  local.sin_port = d->port;
  if (space < 0) {
    settle(d, ENETUNREACH);
    return;
  }
  sys(__NR_setns, space, CLONE_NEWNET);
  long result = d->fd = (int)sys(__NR_socket, AF_INET, type, 0);
  sys(__NR_setns, holder.inside, CLONE_NEWNET);
  if (result >= 0) {
    sys(__NR_setsockopt, d->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    result = sys(__NR_bind, d->fd, &local, sizeof local);
  }
  if (result >= 0 && d->kind == LISTENING) result = sys(__NR_listen, d->fd, 511);
  settle(d, result < 0 ? (int)-result : 0);
}

static void start_port(enum dial_kind kind, int space, unsigned address, const char *text, unsigned id) {
  struct dial *d = new_dial(kind, id_of(text), id);
  if (d) open_port(d, space, address);
}

/* The oldest handle on its way has arrived, or could not (Node is out of file descriptors). */
static void acknowledge(int arrived) {
  if (!holder.sent_count) return;
  struct dial *d = &holder.dials[holder.sent[holder.sent_first]];
  holder.sent_first = (holder.sent_first + 1) % MAX_DIALS;
  holder.sent_count--;
  d->state = FREE;
  if (arrived) return;
  d->fd = -1;
  settle(d, EMFILE);
}

#include "watch.h"

/* The number after the next colon. */
static unsigned next_number(const char **rest) {
  while (**rest && **rest != ':') ++*rest;
  return **rest ? id_of(++*rest) : 0;
}

static unsigned id_in(const char *rest) { return next_number(&rest); }

static void obey(const char *line) {
  const char *rest;
  int inside = holder.inside, gateway = holder.gateway;
  unsigned at = holder.gateway_address;
  if ((rest = after(line, "{\"dial\":"))) start_dial(id_of(rest), id_in(rest));
  else if ((rest = after(line, "{\"watch\":"))) {
    unsigned port = id_of(rest), every = next_number(&rest), within = next_number(&rest);
    start_watch(port, every, within, next_number(&rest));
  } else if ((rest = after(line, "{\"unwatch\":"))) stop_watch(id_of(rest));
  else if ((rest = after(line, "{\"listen-inside\":"))) start_port(LISTENING, inside, quad("127.0.0.1"), rest, id_in(rest));
  else if ((rest = after(line, "{\"listen-gateway\":"))) start_port(LISTENING, gateway, at, rest, id_in(rest));
  else if ((rest = after(line, "{\"listen-metadata\":"))) start_port(LISTENING, gateway, quad(METADATA), rest, id_in(rest));
  else if ((rest = after(line, "{\"bind-gateway\":"))) start_port(DATAGRAMS, gateway, at, rest, id_in(rest));
  else if (after(line, "{\"cmd\":\"NODE_HANDLE_ACK\"")) acknowledge(1);
  else if (after(line, "{\"cmd\":\"NODE_HANDLE_NACK\"")) acknowledge(0);
}

/* Returns 0 once the other end is gone. */
static int hear(void) {
  long n = sys(__NR_read, CONTROL, holder.line + holder.line_length, LINE_BYTES - 1 - holder.line_length);
  if (n == -EAGAIN || n == -EINTR) return 1;
  if (n <= 0) return 0;
  holder.line_length += (unsigned)n;
  char *start = holder.line, *end = holder.line + holder.line_length;
  for (char *at = start; at < end; at++)
    if (*at == '\n') {
      *at = 0;
      obey(start);
      start = at + 1;
    }
  holder.line_length = (unsigned)(end - start);
  if (holder.line_length == LINE_BYTES - 1) holder.line_length = 0; /* no line of ours is that long */
  memmove(holder.line, start, holder.line_length);
  return 1;
}

/* This process's network namespace as a file descriptor. */
static int own_network(void) { return open_file("/proc/self/ns/net", O_RDONLY, 0); }

static int go_to(int space) { return (int)sys(__NR_setns, space, CLONE_NEWNET); }

/*
 * The cable between the two; what is bound at the gateway hears the containers and nobody else. The metadata
 * service is there, too: on a machine of a cloud its own would answer the containers otherwise.
 */
static const char *make_link(const struct address *link, int *error) {
  if ((*error = make_pair("lazurite", 0, "lazurite", holder.gateway))) return "make link";
  if ((*error = give_address("lazurite", link->own, link->bits))) return "set up link";
  if ((*error = link_up("lazurite"))) return "set up link";
  if ((*error = go_to(holder.gateway))) return "enter gateway";
  *error = give_address("lazurite", link->neighbour, link->bits);
  if (!*error) *error = link_up("lazurite");
  if (!*error) *error = give_address("lo:1", quad(METADATA), 32);
  go_to(holder.inside);
  if (!*error) *error = route(quad(METADATA), RTF_HOST_, link->neighbour);
  holder.gateway_address = link->neighbour;
  return *error ? "set up gateway" : NULL;
}

/* The cable to a bridge of the host, and the way out over it. */
static const char *make_uplink(const struct options *o, int host, int *error) {
  struct address uplink = read_address(o->uplink);
  if ((*error = go_to(host))) return "enter host network";
  int bridge = link_index(o->uplink_bridge);
  *error = bridge < 0 ? bridge : make_pair(o->uplink_name, bridge, "eth0", holder.inside);
  if (!*error) *error = isolate_port(o->uplink_name);
  if (!*error) *error = link_up(o->uplink_name);
  go_to(holder.inside);
  if (*error) return "make uplink";
  if (!*error) *error = give_address("eth0", uplink.own, uplink.bits);
  if (!*error) *error = link_up("eth0");
  if (!*error) *error = route(0, 0, uplink.neighbour);
  return *error ? "set up uplink" : NULL;
}

/* Enters new namespaces for network, host name and IPC; returns the step that failed, or NULL. */
static const char *make_sandbox(const struct options *o, int *error) {
  unsigned uid = (unsigned)sys(__NR_geteuid), gid = (unsigned)sys(__NR_getegid);
  long flags = CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | (o->user_namespace ? CLONE_NEWUSER : 0);
  const char *failed = NULL;
  int host = o->uplink ? own_network() : -1;
  holder.gateway = -1;
  if ((*error = (int)sys(__NR_unshare, flags))) return "unshare";
  if (o->user_namespace && (*error = map_user(0, uid, 0, gid))) return "map user";
  if (o->link) {
    holder.gateway = own_network();
    if ((*error = link_up("lo"))) return "loopback up";
    if ((*error = (int)sys(__NR_unshare, CLONE_NEWNET))) return "unshare";
  }
  holder.inside = own_network();
  if ((*error = link_up("lo"))) return "loopback up";
  struct address link = {0};
  if (o->link) link = read_address(o->link), failed = make_link(&link, error);
  if (!failed && o->uplink) failed = make_uplink(o, host, error);
  if (host >= 0) sys(__NR_close, host);
  if (failed) return failed;
  if (o->hostname && (*error = (int)sys(__NR_sethostname, o->hostname, length(o->hostname))))
    return "set host name";
  /* As container engines do: a program that is not root may listen on port 80, and send a ping. */
  write_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
  write_file("/proc/sys/net/ipv4/ping_group_range", o->user_namespace ? "0 0" : "0 2147483647");
  return NULL;
}

static int hold(const struct options *o) {
  struct epoll_event events[64];
  int error = 0;
  sys(__NR_setsid);
  sys(__NR_fcntl, CONTROL, F_SETFL, O_RDWR | O_NONBLOCK);
  const char *failed = make_sandbox(o, &error);
  char text[128], *end = append(append(text, "{\"step\":\""), failed ? failed : "ready");
  end = append(decimal(append(end, "\",\"error\":"), (unsigned)-error), "}\n");
  send_line(text, (size_t)(end - text), -1);
  if (failed) return 1;

  holder.beyond = holder.dials;
  holder.poller = (int)sys(__NR_epoll_create1, O_CLOEXEC);
  hold_watch(EPOLL_CTL_ADD, CONTROL, EPOLLIN, MAX_DIALS);
  for (;;) {
    long n = sys(__NR_epoll_pwait, holder.poller, events, 64, tick(), 0, 8);
    for (long i = 0; i < n; i++) {
      if (events[i].data < MAX_DIALS) finish_connect(&holder.dials[events[i].data]);
      else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !hear()) return 0;
    }
    if (holder.blocked) report_all();
  }
}
