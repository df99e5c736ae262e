/*
 * attributes.h: `cell attributes` tells the extended attributes of paths, which Node has no call for. Standard
 * input holds paths relative to the current directory, each ended by a zero byte; for each, in order, standard
 * output gets `NAME=HEX` for each attribute and then an empty word, all ended by zero bytes. A path that is not
 * there, or a file system without attributes, has none. Links are not followed.
 */
enum { MAX_ATTRIBUTE = 65536 };

static struct { size_t used; char bytes[MAX_ATTRIBUTE]; } told_;

static int tell_now(void) {
  size_t at = 0;
  while (at < told_.used) {
    long n = sys(__NR_write, 1, told_.bytes + at, told_.used - at);
    if (n == -EINTR) continue;
    if (n <= 0) return 0;
    at += (size_t)n;
  }
  told_.used = 0;
  return 1;
}

static int tell_byte(char byte) {
  if (told_.used == sizeof told_.bytes && !tell_now()) return 0;
  told_.bytes[told_.used++] = byte;
  return 1;
}

static int tell_attribute(const char *path, const char *name) {
  static char value[MAX_ATTRIBUTE];
  static const char DIGITS[] = "0123456789abcdef";
  long size = sys(__NR_lgetxattr, path, name, value, sizeof value);
  if (size < 0) return 1; /* gone, or not for us to see */
  for (const char *at = name; *at; at++)
    if (!tell_byte(*at)) return 0;
  if (!tell_byte('=')) return 0;
  for (long at = 0; at < size; at++)
    if (!tell_byte(DIGITS[value[at] >> 4 & 15]) || !tell_byte(DIGITS[value[at] & 15])) return 0;
  return tell_byte(0);
}

static int tell_attributes(const char *path) {
  static char names[MAX_ATTRIBUTE];
  long size = sys(__NR_llistxattr, path, names, sizeof names);
  for (long at = 0; at < size; at += (long)length(names + at) + 1)
    if (!tell_attribute(path, names + at)) return 0;
  return tell_byte(0);
}

static int attributes(void) {
  static char buffer[65536];
  size_t size = 0;
  for (;;) {
    long n = sys(__NR_read, 0, buffer + size, sizeof buffer - size);
    if (n == -EINTR) continue;
    if (n <= 0) return n < 0 || size || !tell_now() ? 1 : 0;
    size += (size_t)n;
    size_t start = 0;
    for (size_t at = 0; at < size; at++) {
      if (buffer[at]) continue;
      if (!tell_attributes(buffer + start)) return 1;
      start = at + 1;
    }
    size -= start;
    memmove(buffer, buffer + start, size);
  }
}
