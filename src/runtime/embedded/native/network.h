/*
 * network.h: links between network namespaces, by rtnetlink and the older ioctls; IPv4 only.
 *
 * Every call works in the network namespace that the process is in.
 */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

enum {
  SOCK_RAW = 3, SOCK_DGRAM = 2, AF_NETLINK_ = 16, AF_BRIDGE = 7,
  SIOCADDRT = 0x890B, SIOCSIFADDR = 0x8916, SIOCSIFNETMASK = 0x891C, SIOCGIFINDEX = 0x8933,
  RTF_UP_ = 1, RTF_GATEWAY_ = 2, RTF_HOST_ = 4, NAME_BYTES = 16,
};

struct link_request { /* ifreq */
  char name[NAME_BYTES];
  union { short flags; int index; struct sockaddr_in address; char rest[24]; };
};

struct route_request { /* rtentry */
  unsigned long pad1;
  struct sockaddr_in target, gateway, mask;
  unsigned short flags;
  short pad2;
  unsigned long pad3;
  void *pad4;
  short metric;
  char *device;
  unsigned long mtu, window;
  unsigned short irtt;
};

/* Where programs in a cloud's machine find out about it. */
#define METADATA "169.254.169.254"

/* '10.1.0.5/20,10.1.0.1': an address, the size of its network, and a neighbour there. */
struct address { unsigned own, bits, neighbour; };

static const char *read_quad(const char *text, unsigned *address) {
  unsigned char *bytes = (unsigned char *)address; /* in network order */
  for (int i = 0; i < 4; i++) {
    bytes[i] = (unsigned char)id_of(text);
    while (*text >= '0' && *text <= '9') text++;
    if (i < 3 && *text) text++;
  }
  return text;
}

static unsigned quad(const char *text) {
  unsigned address;
  read_quad(text, &address);
  return address;
}

static struct address read_address(const char *text) {
  struct address a = {0, 32, 0};
  text = read_quad(text, &a.own);
  if (*text == '/') a.bits = id_of(++text);
  while (*text && *text != ',') text++;
  if (*text) read_quad(text + 1, &a.neighbour);
  return a;
}

static struct sockaddr_in socket_address(unsigned address) {
  struct sockaddr_in a = {.sin_family = AF_INET};
  a.sin_addr.s_addr = address;
  return a;
}

/* In network order, whatever the machine's. */
static unsigned mask_of(unsigned bits) {
  unsigned mask = 0;
  unsigned char *bytes = (unsigned char *)&mask;
  for (unsigned i = 0; i < bits && i < 32; i++) bytes[i / 8] |= (unsigned char)(0x80 >> i % 8);
  return mask;
}

static void copy_name(char *to, const char *name) {
  for (unsigned i = 0; i < NAME_BYTES - 1 && name[i]; i++) to[i] = name[i];
}

static int ask_kernel(unsigned request, void *argument) {
  int fd = (int)sys(__NR_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  int error = (int)sys(__NR_ioctl, fd, request, argument);
  sys(__NR_close, fd);
  return error;
}

/* The negative errno when there is no such link. */
static int link_index(const char *name) {
  struct link_request request = {0};
  copy_name(request.name, name);
  int error = ask_kernel(SIOCGIFINDEX, &request);
  return error ? error : request.index;
}

static int link_up(const char *name) {
  struct link_request request = {0};
  copy_name(request.name, name);
  int error = ask_kernel(SIOCGIFFLAGS, &request);
  request.flags |= IFF_UP;
  return error ? error : ask_kernel(SIOCSIFFLAGS, &request);
}

static int give_address(const char *name, unsigned address, unsigned bits) {
  struct link_request request = {0};
  copy_name(request.name, name);
  request.address = socket_address(address);
  int error = ask_kernel(SIOCSIFADDR, &request);
  request.address = socket_address(mask_of(bits));
  return error ? error : ask_kernel(SIOCSIFNETMASK, &request);
}

/* To one host (RTF_HOST_), or to everywhere (0, 0). */
static int route(unsigned target, unsigned short kind, unsigned gateway) {
  struct route_request request = {
      .target = socket_address(target), .gateway = socket_address(gateway),
      .mask = socket_address(kind == RTF_HOST_ ? ~0u : 0), .flags = RTF_UP_ | RTF_GATEWAY_ | kind};
  return ask_kernel(SIOCADDRT, &request);
}

/* A netlink message that grows; of nested attributes the last one opened is closed first. */
struct message {
  struct nlmsghdr head;
  struct ifinfomsg link;
  char rest[512];
};

static char *message_end(struct message *m) { return (char *)m + NLMSG_ALIGN(m->head.nlmsg_len); }

static struct rtattr *attribute(struct message *m, unsigned short type, const void *data, size_t size) {
  struct rtattr *a = (struct rtattr *)message_end(m);
  a->rta_type = type;
  a->rta_len = (unsigned short)RTA_LENGTH(size);
  memcpy(RTA_DATA(a), data, size);
  m->head.nlmsg_len = (unsigned)((char *)a - (char *)m + RTA_ALIGN(a->rta_len));
  return a;
}

static void close_nest(struct message *m, struct rtattr *nest) {
  nest->rta_len = (unsigned short)(message_end(m) - (char *)nest);
}

/* Sends it and waits for the kernel's verdict: 0 or the negative errno. */
static int exchange(struct message *m) {
  struct { struct nlmsghdr head; int error; char rest[1024]; } answer;
  int fd = (int)sys(__NR_socket, AF_NETLINK_, SOCK_RAW | SOCK_CLOEXEC, 0 /* NETLINK_ROUTE */);
  if (fd < 0) return fd;
  m->head.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
  long result = sys(__NR_sendto, fd, m, m->head.nlmsg_len, 0, 0, 0);
  if (result >= 0) result = sys(__NR_read, fd, &answer, sizeof answer);
  sys(__NR_close, fd);
  if (result < 0) return (int)result;
  return answer.head.nlmsg_type == NLMSG_ERROR ? answer.error : -EPROTO;
}

static struct message new_message(unsigned short type, unsigned short flags) {
  struct message m = {.head = {.nlmsg_type = type, .nlmsg_flags = flags}};
  m.head.nlmsg_len = NLMSG_LENGTH(sizeof m.link);
  return m;
}

/* One end here, the other in the namespace of `peer_space`. `master` is a bridge's index, or 0. */
static int make_pair(const char *name, int master, const char *peer, int peer_space) {
  struct message m = new_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  struct ifinfomsg link = {0};
  attribute(&m, IFLA_IFNAME, name, length(name) + 1);
  if (master) attribute(&m, IFLA_MASTER, &master, sizeof master);
  struct rtattr *info = attribute(&m, IFLA_LINKINFO, NULL, 0);
  attribute(&m, IFLA_INFO_KIND, "veth", 4);
  struct rtattr *data = attribute(&m, IFLA_INFO_DATA, NULL, 0);
  struct rtattr *other = attribute(&m, VETH_INFO_PEER, &link, sizeof link);
  attribute(&m, IFLA_IFNAME, peer, length(peer) + 1);
  attribute(&m, IFLA_NET_NS_FD, &peer_space, sizeof peer_space);
  close_nest(&m, other);
  close_nest(&m, data);
  close_nest(&m, info);
  return exchange(&m);
}

static int make_bridge(const char *name) {
  struct message m = new_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  attribute(&m, IFLA_IFNAME, name, length(name) + 1);
  struct rtattr *info = attribute(&m, IFLA_LINKINFO, NULL, 0);
  attribute(&m, IFLA_INFO_KIND, "bridge", 6);
  close_nest(&m, info);
  return exchange(&m);
}

/* What is on the bridge reaches the bridge's own address and no other port that is isolated, too. */
static int isolate_port(const char *name) {
  struct message m = new_message(RTM_SETLINK, 0);
  unsigned char yes = 1;
  m.link.ifi_family = AF_BRIDGE;
  m.link.ifi_index = link_index(name);
  struct rtattr *port = attribute(&m, IFLA_PROTINFO | NLA_F_NESTED, NULL, 0);
  attribute(&m, IFLA_BRPORT_ISOLATED, &yes, sizeof yes);
  close_nest(&m, port);
  return exchange(&m);
}

static int remove_link(const char *name) {
  struct message m = new_message(RTM_DELLINK, 0);
  int index = link_index(name);
  if (index < 0) return index;
  m.link.ifi_index = index;
  return exchange(&m);
}

/* 'STEP ERRNO' on standard error. */
static int complain(const char *step, int error) {
  char text[64], *end = append(append(text, step), " ");
  end = decimal(end, (unsigned)-error);
  sys(__NR_write, 2, text, end - text);
  return 1;
}

/* `cell bridge NAME ADDRESS/BITS` */
static int bridge(const char *name, const char *text) {
  struct address address = read_address(text);
  int error = make_bridge(name);
  if (error) return complain("make bridge", error);
  error = give_address(name, address.own, address.bits);
  if (!error) error = link_up(name);
  if (!error) return 0;
  remove_link(name);
  return complain("set up bridge", error);
}

/* `cell unlink NAME`: one that is not there is as good as removed. */
static int unlink_link(const char *name) {
  int error = remove_link(name);
  return error && error != -ENODEV ? complain("remove link", error) : 0;
}
