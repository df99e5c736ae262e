// A load client that costs little: bodies are sent with sendfile and received without being copied
// (MSG_TRUNC), so that most of the machine is left to the server that is measured. HTTP/1.1 over loopback,
// one thread a connection, keep-alive.
//
//   load requests METHOD HOST PORT PATH CONNECTIONS SECONDS HEADER
//   load get HOST PORT PATH CONNECTIONS COUNT HEADER
//   load jobs HOST PORT CONNECTIONS HEADER FILE
//
// HEADER is a whole line ("Authorization: Bearer x") or empty. A job file has one operation a line; an
// empty line ends a job, whose operations run in order on one connection:
//
//   blob REPOSITORY DIGEST FILE        POST, then PUT
//   chunks REPOSITORY DIGEST FILE      POST, PATCHes of 8 MiB, then PUT
//   manifest REPOSITORY REFERENCE FILE PUT
//
// Prints {"operations":N,"bytes":N,"seconds":N,"errors":N}; for jobs an operation is a job.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD_SIZE 16384
#define CHUNK (8L * 1024 * 1024)
#define MAX_THREADS 256

static const char *host, *header = "";
static int port;
static atomic_long operations, bytes, errors;
static double deadline;

static const char *method, *path;
static atomic_long left;

struct operation {
  char kind[10], repository[256], name[256], file[512];
  struct operation *next;
};
static struct operation **jobs;
static long job_count;
static atomic_long next_job;

struct answer {
  int status;
  long body;
  char location[2048];
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int dial(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  inet_pton(AF_INET, host, &to.sin_addr);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
    close(fd);
    return -1;
  }
  return fd;
}

static int send_all(int fd, const char *data, size_t length, int flags) {
  while (length > 0) {
    ssize_t sent = send(fd, data, length, MSG_NOSIGNAL | flags);
    if (sent <= 0) return -1;
    data += sent;
    length -= (size_t)sent;
  }
  return 0;
}

static int copy_header(const char *head, const char *name, char *value, size_t size) {
  for (const char *line = strstr(head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n")) {
    if (strncasecmp(line + 2, name, strlen(name)) != 0) continue;
    const char *start = line + 2 + strlen(name);
    while (*start == ' ') start++;
    size_t length = strcspn(start, "\r");
    if (length >= size) return 0;
    memcpy(value, start, length);
    value[length] = 0;
    return 1;
  }
  return 0;
}

/* Reads one answer; the body is thrown away inside the kernel. */
static int receive(int fd, int has_body, struct answer *answer) {
  char head[HEAD_SIZE + 1], number[32];
  size_t got = 0;
  char *end = NULL;
  while (end == NULL) {
    if (got == HEAD_SIZE) return -1;
    ssize_t n = recv(fd, head + got, HEAD_SIZE - got, 0);
    if (n <= 0) return -1;
    got += (size_t)n;
    head[got] = 0;
    end = strstr(head, "\r\n\r\n");
  }
  size_t head_length = (size_t)(end - head) + 4;
  end[2] = 0;
  answer->status = atoi(head + 9);
  answer->body = copy_header(head, "content-length:", number, sizeof number) ? atol(number) : 0;
  if (!copy_header(head, "location:", answer->location, sizeof answer->location))
    answer->location[0] = 0;
  if (!has_body) return 0;
  long rest = answer->body - (long)(got - head_length);
  while (rest > 0) {
    ssize_t n = recv(fd, NULL, rest > (1 << 24) ? 1 << 24 : (size_t)rest, MSG_TRUNC);
    if (n <= 0) return -1;
    rest -= n;
  }
  return 0;
}

/* Sends one request; `file` (or -1) supplies the body from `offset` on. */
static int exchange(int fd, const char *verb, const char *target, const char *extra, int file,
                    long offset, long length, struct answer *answer) {
  char head[HEAD_SIZE];
  int n = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n%s%s%s", verb, target, host,
                   port, header, *header ? "\r\n" : "", extra);
  int sends_body = strcmp(verb, "GET") != 0 && strcmp(verb, "HEAD") != 0;
  if (sends_body) n += snprintf(head + n, sizeof head - (size_t)n, "Content-Length: %ld\r\n", length);
  n += snprintf(head + n, sizeof head - (size_t)n, "\r\n");
  if (send_all(fd, head, (size_t)n, length > 0 ? MSG_MORE : 0) < 0) return -1;
  off_t at = offset;
  while (at < offset + length) {
    if (sendfile(fd, file, &at, (size_t)(offset + length - at)) <= 0) return -1;
  }
  return receive(fd, strcmp(verb, "HEAD") != 0, answer);
}

static const char ACCEPT[] =
    "Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json\r\n";

static void *request_loop(void *unused) {
  (void)unused;
  int fd = dial();
  struct answer answer;
  while (fd >= 0 && now() < deadline) {
    if (exchange(fd, method, path, ACCEPT, -1, 0, 0, &answer) < 0 || answer.status != 200) {
      errors++;
      break;
    }
    operations++;
    bytes += answer.body;
  }
  if (fd < 0) errors++;
  return NULL;
}

static void *get_loop(void *unused) {
  (void)unused;
  int fd = dial();
  struct answer answer;
  while (fd >= 0 && atomic_fetch_sub(&left, 1) > 0) {
    if (exchange(fd, "GET", path, "", -1, 0, 0, &answer) < 0 || answer.status != 200) {
      errors++;
      break;
    }
    operations++;
    bytes += answer.body;
  }
  if (fd < 0) errors++;
  return NULL;
}

/* Path of a Location header, with room for the digest. */
static void target_of(const char *location, const char *digest, char *target, size_t size) {
  const char *start = strstr(location, "://");
  start = start ? strchr(start + 3, '/') : location;
  if (digest == NULL) snprintf(target, size, "%s", start);
  else snprintf(target, size, "%s%sdigest=%s", start, strchr(start, '?') ? "&" : "?", digest);
}

static int push_blob(int fd, struct operation *op, int in_chunks) {
  char target[4096], range[128];
  struct answer answer;
  struct stat status;
  int file = open(op->file, O_RDONLY);
  if (file < 0 || fstat(file, &status) < 0) return -1;
  int ok = 0;
  snprintf(target, sizeof target, "/v2/%s/blobs/uploads/", op->repository);
  if (exchange(fd, "POST", target, "", -1, 0, 0, &answer) < 0 || answer.status != 202) goto end;
  for (long at = 0; in_chunks && at < status.st_size; at += CHUNK) {
    long length = status.st_size - at < CHUNK ? status.st_size - at : CHUNK;
    snprintf(range, sizeof range,
             "Content-Type: application/octet-stream\r\nContent-Range: %ld-%ld\r\n", at,
             at + length - 1);
    target_of(answer.location, NULL, target, sizeof target);
    if (exchange(fd, "PATCH", target, range, file, at, length, &answer) < 0) goto end;
    if (answer.status != 202) goto end;
  }
  target_of(answer.location, op->name, target, sizeof target);
  if (exchange(fd, "PUT", target, "Content-Type: application/octet-stream\r\n", file, 0,
               in_chunks ? 0 : status.st_size, &answer) < 0)
    goto end;
  ok = answer.status == 201;
  bytes += status.st_size;
end:
  close(file);
  return ok ? 0 : -1;
}

static int push_manifest(int fd, struct operation *op) {
  char target[4096];
  struct answer answer;
  struct stat status;
  int file = open(op->file, O_RDONLY);
  if (file < 0 || fstat(file, &status) < 0) return -1;
  snprintf(target, sizeof target, "/v2/%s/manifests/%s", op->repository, op->name);
  int failed = exchange(fd, "PUT", target,
                        "Content-Type: application/vnd.oci.image.manifest.v1+json\r\n", file, 0,
                        status.st_size, &answer);
  close(file);
  return failed == 0 && answer.status == 201 ? 0 : -1;
}

static void *job_loop(void *unused) {
  (void)unused;
  int fd = dial();
  for (;;) {
    long at = atomic_fetch_add(&next_job, 1);
    if (fd < 0 || at >= job_count) return NULL;
    int failed = 0;
    for (struct operation *op = jobs[at]; op != NULL && !failed; op = op->next) {
      failed = op->kind[0] == 'm' ? push_manifest(fd, op) : push_blob(fd, op, op->kind[0] == 'c');
    }
    if (failed) {
      errors++;
      return NULL;
    }
    operations++;
  }
}

static void read_jobs(const char *name) {
  FILE *file = fopen(name, "r");
  char line[2048];
  struct operation **tail = NULL;
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    struct operation *op = calloc(1, sizeof *op);
    if (sscanf(line, "%9s %255s %255s %511s", op->kind, op->repository, op->name, op->file) != 4) {
      free(op);
      tail = NULL;
      continue;
    }
    if (tail == NULL) {
      jobs = realloc(jobs, (size_t)(job_count + 1) * sizeof *jobs);
      jobs[job_count++] = op;
    } else {
      *tail = op;
    }
    tail = &op->next;
  }
  if (file != NULL) fclose(file);
}

static void run(void *(*loop)(void *), int connections) {
  pthread_t threads[MAX_THREADS];
  if (connections > MAX_THREADS) connections = MAX_THREADS;
  double start = now();
  for (int i = 0; i < connections; i++) pthread_create(&threads[i], NULL, loop, NULL);
  for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
  printf("{\"operations\":%ld,\"bytes\":%ld,\"seconds\":%.6f,\"errors\":%ld}\n", operations, bytes,
         now() - start, errors);
}

int main(int argc, char **argv) {
  if (argc == 9 && strcmp(argv[1], "requests") == 0) {
    method = argv[2], host = argv[3], port = atoi(argv[4]), path = argv[5], header = argv[8];
    deadline = now() + atof(argv[7]);
    run(request_loop, atoi(argv[6]));
  } else if (argc == 8 && strcmp(argv[1], "get") == 0) {
    host = argv[2], port = atoi(argv[3]), path = argv[4], header = argv[7];
    left = atol(argv[6]);
    run(get_loop, atoi(argv[5]));
  } else if (argc == 7 && strcmp(argv[1], "jobs") == 0) {
    host = argv[2], port = atoi(argv[3]), header = argv[5];
    read_jobs(argv[6]);
    run(job_loop, atoi(argv[4]));
  } else {
    fprintf(stderr, "usage: see the top of load.c\n");
    return 2;
  }
  return errors > 0 ? 1 : 0;
}
