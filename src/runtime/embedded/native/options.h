/* options.h: the NAME=VALUE words of `hold` and `run`. */
enum { MAX_GROUPS = 64, MAX_CGROUPS = 32, MAX_FILES = 8, MAX_FOLDERS = 32, MAX_SWEPT = 64 };

struct options {
  const char *level;     /* 'oci' (PROGRAM is an OCI runtime), 'namespaces', 'chroot' or 'process' */
  long join;             /* pid of the holder whose network, host name and IPC are shared; 0 for none */
  long enter;            /* pid of the first process of a container to run one more in; 0 for none */
  unsigned columns, rows; /* of its terminal; 0 for none */
  int user_namespace;    /* started by an ordinary user: namespaces are made inside a user namespace */
  const char *hostname;
  const char *link;          /* of `hold`: '100.100.0.2/30,100.100.0.1', the address inside and the gateway's */
  const char *uplink;        /* of `hold`: '10.9.0.5/20,10.9.0.1', the same on a bridge of the host */
  const char *uplink_bridge; /* its name */
  const char *uplink_name;   /* the host's end */
  const char *root;      /* the root file system's directory */
  const char *overlay;   /* overlayfs options, relative to `layers`, mounted at `root` */
  const char *layers;
  const char *directory; /* working directory; for 'process' a path of the host */
  const char *execute;   /* 'process': the program's path on the host */
  unsigned uid, gid;
  unsigned groups[MAX_GROUPS];
  int group_count;
  const char *cgroups[MAX_CGROUPS]; /* cgroup.procs files that the container's first process joins */
  int cgroup_count;
  const char *files[MAX_FILES]; /* '/etc/hosts=CONTENT': files laid over the root file system's */
  int file_count;
  const char *folders[MAX_FOLDERS]; /* 'ro=/usr=/usr', 'rw=/workspace=/home/me/src': MODE=TARGET=SOURCE */
  int folder_count;
  const char *swept[MAX_SWEPT]; /* cgroup folders to remove when nobody else is left to do it */
  int swept_count;
  char **program;        /* after `--` */
};

static void read_groups(struct options *o, const char *text) {
  unsigned value = 0;
  for (; *text && o->group_count < MAX_GROUPS; text++) {
    if (*text >= '0' && *text <= '9') value = value * 10 + (unsigned)(*text - '0');
    if (text[1] == ',' || !text[1]) {
      o->groups[o->group_count++] = value;
      value = 0;
    }
  }
}

/* '80x24' */
static void read_terminal(struct options *o, const char *text) {
  o->columns = id_of(text);
  while (*text && *text != 'x') text++;
  if (*text) o->rows = id_of(text + 1);
}

static int read_option(struct options *o, const char *word) {
  const char *v;
  if ((v = after(word, "level="))) o->level = v;
  else if ((v = after(word, "join="))) o->join = number(v, 0);
  else if ((v = after(word, "enter="))) o->enter = number(v, 0);
  else if ((v = after(word, "terminal="))) read_terminal(o, v);
  else if ((v = after(word, "userns="))) o->user_namespace = equal(v, "1");
  else if ((v = after(word, "hostname="))) o->hostname = v;
  else if ((v = after(word, "link="))) o->link = v;
  else if ((v = after(word, "uplink="))) o->uplink = v;
  else if ((v = after(word, "bridge="))) o->uplink_bridge = v;
  else if ((v = after(word, "port="))) o->uplink_name = v;
  else if ((v = after(word, "root="))) o->root = v;
  else if ((v = after(word, "overlay="))) o->overlay = v;
  else if ((v = after(word, "layers="))) o->layers = v;
  else if ((v = after(word, "directory="))) o->directory = v;
  else if ((v = after(word, "execute="))) o->execute = v;
  else if ((v = after(word, "uid="))) o->uid = id_of(v);
  else if ((v = after(word, "gid="))) o->gid = id_of(v);
  else if ((v = after(word, "groups="))) read_groups(o, v);
  else if ((v = after(word, "cgroup=")) && o->cgroup_count < MAX_CGROUPS) o->cgroups[o->cgroup_count++] = v;
  else if ((v = after(word, "file=")) && o->file_count < MAX_FILES) o->files[o->file_count++] = v;
  else if ((v = after(word, "folder=")) && o->folder_count < MAX_FOLDERS) o->folders[o->folder_count++] = v;
  else if ((v = after(word, "sweep="))) {
    if (o->swept_count < MAX_SWEPT) o->swept[o->swept_count++] = v;
  } else return 0;
  return 1;
}

/* Returns 0 on a word that is no option. */
static int read_options(struct options *o, char **words) {
  for (; *words; words++) {
    if (equal(*words, "--")) {
      o->program = words[1] ? words + 1 : NULL;
      return 1;
    }
    if (!read_option(o, *words)) return 0;
  }
  return 1;
}
