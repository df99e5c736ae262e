/*
 * hello: a small HTTP/1.1 server without a C library, whose ways to fail are set by its environment
 * (README.md has the table). One process, one epoll loop, so that an idle or slow client holds up
 * nobody.
 */
#include "nolibc.h"

#include <linux/eventpoll.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/mman.h>
#include <linux/signal.h>
#include <linux/socket.h>
#include <linux/time.h>
#include <linux/utsname.h>

enum {
  MAX_CONNECTIONS = 1024,
  REQUEST_BYTES = 8192,
  MAX_MESSAGE = 2000,                  /* one byte is at most six in JSON */
  RESPONSE_BYTES = 6 * MAX_MESSAGE + 1024,
  LISTENER = MAX_CONNECTIONS,          /* epoll data of the two that are no connection */
  SIGNALS = MAX_CONNECTIONS + 1,
  AF_INET = 2, AF_INET6 = 10, STREAM = 1, NONBLOCK = 04000, CLOEXEC = 02000000, NO_SIGNAL = 0x4000,
};

struct connection {
  int fd;                 /* 0: this slot is free */
  int closing;            /* close once `out` is written */
  int waiting;            /* a delayed answer is due at `due` */
  int64_t due, last_used; /* ms */
  uint64_t body_left;     /* request body still to be read and dropped */
  unsigned in_length, out_length, out_sent;
  char in[REQUEST_BYTES], out[RESPONSE_BYTES];
};

static struct {
  const char *message;
  long port, exit_code, exit_after, listen_after, allocate, healthz_status, healthz_fail_after, delay;
  int hang, echo;
} settings;

static struct connection connections[MAX_CONNECTIONS];
static char hostname[__NEW_UTS_LEN + 1];
static int poller, listener, signals, delayed;
static int64_t started;

static int64_t now_ms(void) {
  struct { long seconds, nanoseconds; } t;
  sys(__NR_clock_gettime, CLOCK_MONOTONIC, &t);
  return (int64_t)t.seconds * 1000 + t.nanoseconds / 1000000;
}

static void say(const char *line, size_t size) { sys(__NR_write, 1, line, size); }

static void watch(int operation, int fd, uint32_t events, unsigned data) {
  struct epoll_event event = {.events = events, .data = data};
  sys(__NR_epoll_ctl, poller, operation, fd, &event);
}

/* ---- settings ---- */

static const char *variable(char **envp, const char *name) {
  for (; *envp; envp++) {
    const char *rest = after(*envp, name);
    if (rest && *rest == '=') return rest + 1;
  }
  return NULL;
}

static int flag(char **envp, const char *name) {
  const char *value = variable(envp, name);
  return value && *value && !equal(value, "0") && !equal(value, "false");
}

static void read_settings(char **envp) {
  settings.message = variable(envp, "MESSAGE");
  if (!settings.message) settings.message = "Hello from Lazurite";
  settings.port = number(variable(envp, "PORT"), 8000);
  settings.exit_code = number(variable(envp, "EXIT_CODE"), -1);
  settings.exit_after = number(variable(envp, "EXIT_AFTER"), -1);
  settings.listen_after = number(variable(envp, "LISTEN_AFTER_MS"), 0);
  settings.allocate = number(variable(envp, "ALLOCATE_MIB"), 0);
  settings.healthz_status = number(variable(envp, "HEALTHZ_STATUS"), 200);
  settings.healthz_fail_after = number(variable(envp, "HEALTHZ_FAIL_AFTER"), -1);
  settings.delay = number(variable(envp, "DELAY_MS"), 0);
  settings.hang = flag(envp, "HANG");
  settings.echo = flag(envp, "ECHO");
  struct new_utsname names;
  if (sys(__NR_uname, &names) == 0) memcpy(hostname, names.nodename, sizeof hostname);
}

/* ---- connections ---- */

static void drop(struct connection *c) {
  sys(__NR_close, c->fd);
  if (c->waiting) delayed--;
  c->fd = c->waiting = 0;
}

/* When every slot is taken the connection that was silent longest makes room. */
static struct connection *free_slot(void) {
  struct connection *oldest = connections;
  for (struct connection *c = connections; c < connections + MAX_CONNECTIONS; c++) {
    if (!c->fd) return c;
    if (c->last_used < oldest->last_used) oldest = c;
  }
  drop(oldest);
  return oldest;
}

static void welcome(void) {
  for (;;) {
    int fd = (int)sys(__NR_accept4, listener, 0, 0, NONBLOCK | CLOEXEC);
    if (fd < 0) return;
    struct connection *c = free_slot();
    c->fd = fd;
    c->closing = c->waiting = 0;
    c->in_length = c->out_length = c->out_sent = 0;
    c->body_left = 0;
    c->last_used = now_ms();
    watch(EPOLL_CTL_ADD, fd, EPOLLIN, (unsigned)(c - connections));
  }
}

/* ---- HTTP ---- */

static const char *reason(long status) {
  switch (status) {
    case 200: return " OK";
    case 400: return " Bad Request";
    case 404: return " Not Found";
    case 431: return " Request Header Fields Too Large";
    case 500: return " Internal Server Error";
    case 503: return " Service Unavailable";
    default: return " Status";
  }
}

static char *append_json(char *to, const char *text) {
  for (int n = 0; *text && n < MAX_MESSAGE; text++, n++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') *to++ = '\\';
    if (byte < 0x20) {
      to = append(to, "\\u00");
      *to++ = byte < 0x10 ? '0' : '1';
      *to++ = "0123456789abcdef"[byte & 15];
    } else {
      *to++ = (char)byte;
    }
  }
  return to;
}

static long healthz_status(void) {
  if (settings.healthz_fail_after < 0) return settings.healthz_status;
  int failing = now_ms() - started >= (int64_t)settings.healthz_fail_after * 1000;
  if (!failing) return 200;
  return settings.healthz_status == 200 ? 503 : settings.healthz_status;
}

static void answer(struct connection *c, long status, const char *body, size_t size, int head) {
  char *to = append(c->out, "HTTP/1.1 ");
  to = decimal(to, (unsigned)status);
  to = append(to, reason(status));
  to = append(to, "\r\nContent-Type: application/json\r\nContent-Length: ");
  to = decimal(to, (unsigned)size);
  to = append(to, c->closing ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
  if (!head) {
    memcpy(to, body, size);
    to += size;
  }
  c->out_length = (unsigned)(to - c->out);
  c->out_sent = 0;
}

static void log_request(const char *line, size_t size, long status) {
  char text[256];
  size_t shown = size < 200 ? size : 200;
  for (size_t i = 0; i < shown; i++) text[i] = (unsigned char)line[i] < 0x20 ? '?' : line[i];
  char *to = text + shown;
  *to++ = ' ';
  to = decimal(to, (unsigned)status);
  *to++ = '\n';
  say(text, (size_t)(to - text));
}

static void respond(struct connection *c, const char *line, size_t size, int malformed) {
  static char body[RESPONSE_BYTES];
  int head = after(line, "HEAD ") != NULL;
  const char *path = line;
  while (path < line + size && *path != ' ') path++;
  path++;
  const char *health = after(path, "/healthz");
  long status = malformed ? 400 : health && (*health == ' ' || *health == '?') ? healthz_status() : 200;
  char *to = body;
  if (malformed) {
    to = append(to, "{\"error\":\"malformed request\"}\n");
  } else if (path[0] == '/' && health) {
    to = append(to, status < 400 ? "{\"status\":\"ok\"}\n" : "{\"status\":\"failing\"}\n");
  } else {
    to = append_json(append(to, "{\"message\":\""), settings.message);
    to = append(to, "\",\"architecture\":\"" ARCHITECTURE "\",\"hostname\":\"");
    to = append(append_json(to, hostname), "\"}\n");
  }
  answer(c, status, body, (size_t)(to - body), head);
  while (size && line[size - 1] != ' ') size--; /* without the protocol version */
  log_request(line, size ? size - 1 : 0, status);
}

static char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte; }

/* The value of a header when `line` is that header (its name in lower case), or NULL. */
static const char *header(const char *line, const char *name) {
  while (*name)
    if (lower(*line++) != *name++) return NULL;
  if (*line++ != ':') return NULL;
  while (*line == ' ' || *line == '\t') line++;
  return line;
}

static int has_word(const char *value, const char *word) {
  for (; *value != '\r'; value++) {
    const char *v = value, *w = word;
    while (*w && lower(*v) == *w) v++, w++;
    if (!*w) return 1;
  }
  return 0;
}

/* Bytes of the request head including its empty line, or 0 when it is not whole yet. */
static unsigned head_size(const struct connection *c) {
  for (unsigned i = 3; i < c->in_length; i++)
    if (memcmp(c->in + i - 3, "\r\n\r\n", 4) == 0) return i + 1;
  return 0;
}

/* Reads the headers that matter; returns whether the client wants `100 Continue` first. */
static int read_headers(struct connection *c, unsigned size) {
  int expects = 0;
  const char *end = c->in + size - 2, *value;
  for (const char *line = c->in; line < end;) {
    if ((value = header(line, "content-length"))) {
      for (c->body_left = 0; *value >= '0' && *value <= '9'; value++)
        c->body_left = c->body_left * 10 + (uint64_t)(*value - '0');
    } else if ((value = header(line, "connection"))) {
      if (has_word(value, "close")) c->closing = 1;
      if (has_word(value, "keep-alive")) c->closing = 0;
    } else if (header(line, "transfer-encoding")) {
      c->closing = 1; /* a body of unknown size: answer, then close */
    } else if ((value = header(line, "expect"))) {
      expects = has_word(value, "100-continue");
    }
    while (*line != '\n') line++;
    line++;
  }
  return expects;
}

/* Takes one request out of the buffer, if there is a whole one, and prepares the answer. */
static void take_request(struct connection *c) {
  unsigned size = head_size(c);
  if (!size) {
    if (c->in_length < REQUEST_BYTES) return;
    c->closing = 1;
    answer(c, 431, "{}\n", 3, 0);
    return;
  }
  unsigned line = 0;
  while (c->in[line] != '\r') line++;
  int malformed = line < 14 || memcmp(c->in + line - 9, " HTTP/1.", 8) != 0;
  c->closing = malformed || c->in[line - 1] == '0';
  if (read_headers(c, size)) {
    static const char CONTINUE[] = "HTTP/1.1 100 Continue\r\n\r\n";
    sys(__NR_sendto, c->fd, CONTINUE, sizeof CONTINUE - 1, NO_SIGNAL, 0, 0);
  }
  respond(c, c->in, line, malformed);
  memmove(c->in, c->in + size, c->in_length -= size);
  if (settings.delay && !malformed) {
    c->waiting = 1;
    c->due = now_ms() + settings.delay;
    delayed++;
  }
}

/* Writes what is ready. Returns 0 when the connection is gone. */
static int flush(struct connection *c) {
  while (c->out_sent < c->out_length) {
    long n = sys(__NR_sendto, c->fd, c->out + c->out_sent, c->out_length - c->out_sent, NO_SIGNAL, 0, 0);
    if (n == -EAGAIN) return 1;
    if (n <= 0) {
      drop(c);
      return 0;
    }
    c->out_sent += (unsigned)n;
  }
  c->out_length = c->out_sent = 0;
  if (c->closing) {
    drop(c);
    return 0;
  }
  return 1;
}

static void skip_body(struct connection *c) {
  unsigned n = c->body_left < c->in_length ? (unsigned)c->body_left : c->in_length;
  c->body_left -= n;
  memmove(c->in, c->in + n, c->in_length -= n);
}

/* Answers every request that is whole, in order. Returns 0 when the connection is gone. */
static int work(struct connection *c) {
  for (;;) {
    if (c->waiting) return 1;
    if (c->out_length && !flush(c)) return 0;
    if (c->out_length) return 1;
    skip_body(c);
    if (c->body_left) return 1;
    take_request(c);
    if (!c->out_length) return 1;
  }
}

static void serve_http(struct connection *c) {
  if (c->in_length < REQUEST_BYTES) {
    long n = sys(__NR_read, c->fd, c->in + c->in_length, REQUEST_BYTES - c->in_length);
    if (n == 0 || (n < 0 && n != -EAGAIN)) {
      drop(c);
      return;
    }
    if (n > 0) c->in_length += (unsigned)n;
  }
  if (!settings.hang) work(c);
  else c->in_length = 0;
}

/* Sends back every byte, and the end of the stream after the last one. */
static void serve_echo(struct connection *c) {
  for (int turns = 0; turns < 16; turns++) {
    if (c->out_length && (!flush(c) || c->out_length)) return;
    long n = sys(__NR_read, c->fd, c->out, RESPONSE_BYTES);
    if (n == -EAGAIN) return;
    if (n <= 0) {
      drop(c);
      return;
    }
    c->out_length = (unsigned)n;
  }
}

/* ---- the loop ---- */

/* Milliseconds until something is due, -1 for never. Ends the program when its time has come. */
static int next_timeout(void) {
  if (settings.exit_after < 0 && !delayed) return -1;
  int64_t now = now_ms(), wait = 1 << 30;
  if (settings.exit_after >= 0) {
    wait = started + (int64_t)settings.exit_after * 1000 - now;
    if (wait <= 0) {
      static const char LINE[] = "hello: exiting, as EXIT_AFTER says\n";
      say(LINE, sizeof LINE - 1);
      die(settings.exit_code < 0 ? 1 : (int)settings.exit_code);
    }
  }
  for (struct connection *c = connections; delayed && c < connections + MAX_CONNECTIONS; c++)
    if (c->fd && c->waiting && c->due - now < wait) wait = c->due > now ? c->due - now : 0;
  return (int)wait;
}

static void send_delayed(void) {
  int64_t now = now_ms();
  for (struct connection *c = connections; c < connections + MAX_CONNECTIONS; c++)
    if (c->fd && c->waiting && c->due <= now) {
      c->waiting = 0;
      delayed--;
      if (work(c) && c->out_length) watch(EPOLL_CTL_MOD, c->fd, EPOLLOUT, (unsigned)(c - connections));
    }
}

static void attend(unsigned slot) {
  struct connection *c = connections + slot;
  if (!c->fd) return;
  unsigned had_output = c->out_length;
  c->last_used = now_ms();
  if (settings.echo) serve_echo(c);
  else if (had_output && !c->waiting) work(c);
  else serve_http(c);
  if (!c->fd) return;
  /* While an answer waits for its time nothing is read: the kernel's buffer holds the client back. */
  uint32_t events = c->waiting ? 0 : c->out_length ? EPOLLOUT : EPOLLIN;
  watch(EPOLL_CTL_MOD, c->fd, events, slot);
}

static void say_stopping(void) {
  static const char LINE[] = "hello: stopping\n";
  say(LINE, sizeof LINE - 1);
  die(0);
}

/* Waits at most `timeout` ms, -1 for ever, and does what there is to do. */
static void turn(int timeout) {
  struct epoll_event events[64];
  long n = sys(__NR_epoll_pwait, poller, events, 64, timeout, 0, 8);
  for (long i = 0; i < n; i++) {
    unsigned slot = (unsigned)events[i].data;
    if (slot == SIGNALS) say_stopping();
    else if (slot == LISTENER) welcome();
    else attend(slot);
  }
  if (delayed) send_delayed();
}

static void wait_ms(long milliseconds) {
  int64_t end = now_ms() + milliseconds;
  for (int64_t now = now_ms(); now < end; now = now_ms()) {
    int due = next_timeout();
    int left = (int)(end - now);
    turn(due >= 0 && due < left ? due : left);
  }
}

static int fail(const char *what, long error) {
  char text[128], *to = append(append(text, "hello: "), what);
  to = decimal(append(to, ": errno "), (unsigned)-error);
  *to++ = '\n';
  say(text, (size_t)(to - text));
  return 1;
}

/* SIGTERM and SIGINT arrive as readable bytes: as process 1 the default action would not end us. */
static void take_signals(void) {
  uint64_t set = 1ull << (SIGTERM - 1) | 1ull << (SIGINT - 1);
  sys(__NR_rt_sigprocmask, SIG_BLOCK, &set, 0, sizeof set);
  signals = (int)sys(__NR_signalfd4, -1, &set, sizeof set, CLOEXEC);
  poller = (int)sys(__NR_epoll_create1, CLOEXEC);
  watch(EPOLL_CTL_ADD, signals, EPOLLIN, SIGNALS);
}

static void allocate(void) {
#ifdef __NR_mmap2
  const long map = __NR_mmap2;
#else
  const long map = __NR_mmap;
#endif
  for (long i = 0; i < settings.allocate; i++) {
    long at = sys6(map, 0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at < 0 && at > -4096) die(fail("cannot allocate", at));
    for (long page = 0; page < 1 << 20; page += 4096) *(volatile char *)(at + page) = 1;
  }
}

/* On every address, of both protocols where the machine has IPv6. */
static long start_listening(void) {
  unsigned short port = (unsigned short)(settings.port << 8 | settings.port >> 8);
  struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = port};
  struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = port};
  int on = 1;
  long fd = sys(__NR_socket, AF_INET6, STREAM | NONBLOCK | CLOEXEC, 0);
  int v6 = fd >= 0;
  if (!v6) fd = sys(__NR_socket, AF_INET, STREAM | NONBLOCK | CLOEXEC, 0);
  if (fd < 0) return fd;
  sys(__NR_setsockopt, fd, 1 /* SOL_SOCKET */, 2 /* SO_REUSEADDR */, &on, sizeof on);
  long error = v6 ? sys(__NR_bind, fd, &any6, sizeof any6) : sys(__NR_bind, fd, &any4, sizeof any4);
  if (error == 0) error = sys(__NR_listen, fd, 512);
  return error < 0 ? error : fd;
}

static void say_listening(void) {
  char line[160], *to = append(line, "hello: listening on port ");
  to = decimal(to, (unsigned)settings.port);
  to = append(append(append(to, " on "), hostname), " (linux/" ARCHITECTURE ")\n");
  say(line, (size_t)(to - line));
}

static int run(int argc, char **argv, char **envp) {
  (void)argc, (void)argv;
  read_settings(envp);
  started = now_ms();
  take_signals();
  if (settings.exit_code >= 0 && settings.exit_after < 0) {
    static const char LINE[] = "hello: exiting at start, as EXIT_CODE says\n";
    say(LINE, sizeof LINE - 1);
    return (int)settings.exit_code;
  }
  allocate();
  wait_ms(settings.listen_after);
  long fd = start_listening();
  if (fd < 0) return fail("cannot listen", fd);
  listener = (int)fd;
  say_listening();
  watch(EPOLL_CTL_ADD, listener, EPOLLIN, LISTENER);
  for (;;) turn(next_timeout());
}
