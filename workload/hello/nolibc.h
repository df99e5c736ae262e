/*
 * nolibc.h: Linux system calls, the entry point and the few string functions that a static program
 * without a C library needs, for x86_64, aarch64 and 32-bit arm (EABI).
 *
 * A call returns its result, or the negative errno: nothing here sets a global.
 */
#ifndef LAZURITE_NOLIBC_H
#define LAZURITE_NOLIBC_H

#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define ARCHITECTURE "amd64"
static inline long sys6(long n, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n"
        "  call start_c\n");
#elif defined(__aarch64__)
#define ARCHITECTURE "arm64"
static inline long sys6(long n, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc #0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}
__asm__(".globl _start\n_start:\n  mov x29, #0\n  mov x0, sp\n  and sp, x0, #-16\n  bl start_c\n");
#elif defined(__arm__)
#define ARCHITECTURE "arm"
static inline long sys6(long n, long a, long b, long c, long d, long e, long f) {
  register long r7 __asm__("r7") = n;
  register long r0 __asm__("r0") = a;
  register long r1 __asm__("r1") = b;
  register long r2 __asm__("r2") = c;
  register long r3 __asm__("r3") = d;
  register long r4 __asm__("r4") = e;
  register long r5 __asm__("r5") = f;
  __asm__ volatile("swi #0"
                   : "+r"(r0)
                   : "r"(r7), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                   : "memory");
  return r0;
}
__asm__(".globl _start\n_start:\n  mov fp, #0\n  mov r0, sp\n  bic sp, sp, #7\n  bl start_c\n");
#else
#error "no system call convention for this machine"
#endif

#define SYS_SELECT(_0, _1, _2, _3, _4, _5, _6, name, ...) name
#define sys(...) SYS_SELECT(__VA_ARGS__, SYS6, SYS5, SYS4, SYS3, SYS2, SYS1, SYS0)(__VA_ARGS__)
#define SYS0(n) sys6(n, 0, 0, 0, 0, 0, 0)
#define SYS1(n, a) sys6(n, (long)(a), 0, 0, 0, 0, 0)
#define SYS2(n, a, b) sys6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define SYS3(n, a, b, c) sys6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYS4(n, a, b, c, d) sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS5(n, a, b, c, d, e) \
  sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS6(n, a, b, c, d, e, f) \
  sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* The compiler emits calls to these four, whatever it is told. */
void *memcpy(void *to, const void *from, size_t size) {
  char *t = to;
  const char *f = from;
  while (size--) *t++ = *f++;
  return to;
}
void *memmove(void *to, const void *from, size_t size) {
  char *t = to;
  const char *f = from;
  if (t <= f) return memcpy(to, from, size);
  while (size--) t[size] = f[size];
  return to;
}
void *memset(void *to, int byte, size_t size) {
  char *t = to;
  while (size--) *t++ = (char)byte;
  return to;
}
int memcmp(const void *left, const void *right, size_t size) {
  const unsigned char *l = left, *r = right;
  for (; size; size--, l++, r++)
    if (*l != *r) return *l - *r;
  return 0;
}

#if defined(__arm__)
/* The compiler's division routine calls this for a division by zero. */
int raise(int signal) {
  (void)signal;
  return 0;
}
#endif

static inline size_t length(const char *text) {
  size_t n = 0;
  while (text[n]) n++;
  return n;
}
static inline int equal(const char *left, const char *right) {
  while (*left && *left == *right) left++, right++;
  return *left == *right;
}
/* What follows `prefix` in `text`, or NULL when it does not begin so. */
static inline const char *after(const char *text, const char *prefix) {
  while (*prefix)
    if (*text++ != *prefix++) return NULL;
  return text;
}
/* A decimal number; `otherwise` when the text is missing or has anything else in it. */
static inline long number(const char *text, long otherwise) {
  long value = 0;
  if (!text || !*text) return otherwise;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || value > 100000000) return otherwise;
    value = value * 10 + (*text - '0');
  }
  return value;
}
/* Writes `value` in decimal at `to` and returns the end. */
static inline char *decimal(char *to, unsigned value) {
  char digits[12];
  int n = 0;
  do digits[n++] = (char)('0' + value % 10);
  while (value /= 10);
  while (n) *to++ = digits[--n];
  return to;
}
static inline char *append(char *to, const char *text) {
  while (*text) *to++ = *text++;
  return to;
}

static inline void die(int code) {
  for (;;) sys(__NR_exit_group, code);
}

static int run(int argc, char **argv, char **envp);
__attribute__((used)) void start_c(long *stack) {
  int argc = (int)stack[0];
  char **argv = (char **)(stack + 1);
  die(run(argc, argv, argv + argc + 1));
}

#endif
