/*
 * serve.h: `cell serve` listens on a port of its choice on the loopback, says which, and ends with 0 once
 * somebody has connected and sent a byte. On a loopback that is shared, others may connect and send none.
 */
static int serve(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  unsigned size = sizeof address;
  char text[16], byte;
  memcpy(&address.sin_addr, "\177\0\0\1", 4);
  int fd = (int)sys(__NR_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || sys(__NR_bind, fd, &address, sizeof address) < 0 || sys(__NR_listen, fd, 1) < 0) return 1;
  if (sys(__NR_getsockname, fd, &address, &size) < 0) return 1;
  char *end = decimal(text, (address.sin_port & 0xff) << 8 | address.sin_port >> 8);
  *end++ = '\n';
  sys(__NR_write, 1, text, end - text);
  for (;;) {
    int connection = (int)sys(__NR_accept4, fd, 0, 0, SOCK_CLOEXEC);
    if (connection < 0) return 1;
    if (sys(__NR_read, connection, &byte, 1) == 1) return 0;
    sys(__NR_close, connection);
  }
}
