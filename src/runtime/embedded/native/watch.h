/*
 * watch.h: `cell hold` waits for ports to shut. Node writes
 *
 *   {"watch":8000,"every":5000,"within":1000,"id":6}   connects to a port inside every 5 s, and hangs up at once
 *   {"unwatch":6}                                      no longer
 *
 * and hears nothing while that goes well: {"id":6,"error":111} is the first time that it does not, or takes longer
 * than `within`, and the last.
 */
static int64_t now_ms(void) {
  struct { long seconds, nanoseconds; } t;
  sys(__NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, &t);
  return (int64_t)t.seconds * 1000 + t.nanoseconds / 1000000;
}

/* It was connected: until the next time. */
static void rest(struct dial *d) {
  if (d->fd >= 0) sys(__NR_close, d->fd);
  d->fd = -1;
  d->state = RESTING;
  d->due = now_ms() + d->every;
}

static void start_watch(unsigned port, unsigned every, unsigned within, unsigned id) {
  struct dial *d = new_dial(WATCHED, port, id);
  if (!d) return;
  d->every = every;
  d->within = within;
  rest(d);
}

static void stop_watch(unsigned id) {
  for (struct dial *d = holder.dials; d < holder.beyond; d++)
    if (d->kind == WATCHED && d->id == id && d->state != FREE) {
      if (d->state == CONNECTING) sys(__NR_close, d->fd);
      d->state = FREE;
    }
}

/* Closing a socket takes it off the poller, too. */
static void attend(struct dial *d, int64_t now) {
  if (d->state == CONNECTING) {
    settle(d, ETIMEDOUT);
    return;
  }
  d->ip6 = 0;
  d->due = now + d->within;
  connect_dial(d);
}

/* Does what is due. Returns the milliseconds until something is, or -1. */
static int tick(void) {
  int64_t now = 0, next = -1;
  for (struct dial *d = holder.dials; d < holder.beyond; d++) {
    if (d->kind != WATCHED || (d->state != RESTING && d->state != CONNECTING)) continue;
    if (!now) now = now_ms();
    if (d->due <= now) attend(d, now);
    if ((d->state == RESTING || d->state == CONNECTING) && (next < 0 || d->due < next)) next = d->due;
  }
  if (next < 0) return -1;
  return next <= now ? 0 : next - now > 1 << 30 ? 1 << 30 : (int)(next - now);
}
