/*
 * nodes.h: `cell nodes` makes, in the current directory, what Node has no call for. Standard input holds
 * records that each end in a zero byte:
 *
 *   w PATH                     overlay whiteout (a character device 0:0)
 *   t PATH | u PATH            opaque directory, marked in trusted.* or user.* attributes
 *   x HEX PATH               capabilities of a program (security.capability), in hex
 *   c|b MODE MAJOR MINOR PATH  device; p MODE 0 0 PATH: named pipe (numbers in decimal)
 *
 * Paths are relative and their parents real directories: the caller made them, and nothing else runs here.
 */
static unsigned hex_digit(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

static int give_capability(const char *record) {
  unsigned char value[64];
  size_t size = 0;
  for (; record[0] && record[0] != ' ' && record[1] && size < sizeof value; record += 2)
    value[size++] = (unsigned char)(hex_digit(record[0]) << 4 | hex_digit(record[1]));
  if (*record != ' ') return -EINVAL;
  return (int)sys(__NR_lsetxattr, record + 1, "security.capability", value, size, 0);
}

static int make_node(const char *record) {
  static const char *const OPAQUE[] = {"trusted.overlay.opaque", "user.overlay.opaque"};
  char kind = record[0];
  if (!kind || record[1] != ' ') return -EINVAL;
  record += 2;
  if (kind == 'w') return (int)sys(__NR_mknodat, AT_FDCWD, record, S_IFCHR, 0);
  if (kind == 't' || kind == 'u') return (int)sys(__NR_lsetxattr, record, OPAQUE[kind == 'u'], "y", 1, 0);
  if (kind == 'x') return give_capability(record);
  unsigned numbers[3];
  for (int i = 0; i < 3; i++) {
    numbers[i] = id_of(record);
    while (*record && *record != ' ') record++;
    if (*record++ != ' ') return -EINVAL;
  }
  unsigned type = kind == 'c' ? S_IFCHR : kind == 'b' ? S_IFBLK : S_IFIFO;
  unsigned device = (numbers[2] & 0xff) | (numbers[1] & 0xfff) << 8 | (numbers[2] & ~0xffu) << 12;
  int error = (int)sys(__NR_mknodat, AT_FDCWD, record, type | 0600, device);
  return error ? error : (int)sys(__NR_fchmodat, AT_FDCWD, record, numbers[0] & 07777);
}

static int make_nodes(void) {
  static char buffer[65536];
  size_t size = 0;
  for (;;) {
    long n = sys(__NR_read, 0, buffer + size, sizeof buffer - 1 - size);
    if (n <= 0) return n < 0 || size ? 1 : 0;
    size += (size_t)n;
    size_t start = 0;
    for (size_t at = 0; at < size; at++) {
      if (buffer[at]) continue;
      int error = make_node(buffer + start);
      if (error) {
        char text[32], *end = decimal(append(text, "errno "), (unsigned)-error);
        *end++ = ' ';
        sys(__NR_write, 2, text, end - text);
        sys(__NR_write, 2, buffer + start, at - start);
        return 1;
      }
      start = at + 1;
    }
    size -= start;
    memmove(buffer, buffer + start, size);
  }
}
