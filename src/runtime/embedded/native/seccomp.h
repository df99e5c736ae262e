/*
 * seccomp.h: refuses the system calls that reach kernel code a container has no business with, in the manner
 * of Docker's profile. Programs of another architecture (32-bit ones beside 64-bit) have other numbers and
 * are let through: for hostile code there is the OCI runtime's filter.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#define NATIVE AUDIT_ARCH_ARM
#endif

static const unsigned short REFUSED_CALLS[] = {
    __NR_acct, __NR_add_key, __NR_bpf, __NR_clock_adjtime, __NR_clock_settime, __NR_delete_module,
    __NR_finit_module, __NR_fsconfig, __NR_fsmount, __NR_fsopen, __NR_fspick, __NR_init_module,
    __NR_io_uring_enter, __NR_io_uring_register, __NR_io_uring_setup, __NR_kexec_load, __NR_keyctl,
    __NR_mount, __NR_mount_setattr, __NR_move_mount, __NR_open_by_handle_at, __NR_open_tree,
    __NR_perf_event_open, __NR_pivot_root, __NR_quotactl, __NR_reboot, __NR_request_key, __NR_setns,
    __NR_settimeofday, __NR_swapoff, __NR_swapon, __NR_umount2, __NR_unshare, __NR_userfaultfd,
    __NR_vhangup,
#ifdef __NR_kexec_file_load
    __NR_kexec_file_load,
#endif
#ifdef __NR_iopl
    __NR_iopl, __NR_ioperm,
#endif
};

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)

/* Needs no_new_privs. A kernel built without filters has none to give. */
static void filter_calls(void) {
  static struct sock_filter code[2 * sizeof REFUSED_CALLS / sizeof *REFUSED_CALLS + 16];
  unsigned n = 0;
  code[n++] = (struct sock_filter)LOAD(arch);
  code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
  code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
  code[n++] = (struct sock_filter)LOAD(nr);
#if defined(__x86_64__) /* the x32 numbers of the same calls */
  code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
  code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS);
#endif
  for (size_t i = 0; i < sizeof REFUSED_CALLS / sizeof *REFUSED_CALLS; i++) {
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REFUSED_CALLS[i], 0, 1);
    code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM);
  }
  /* The flags of clone3 lie in memory; without it, C libraries use clone, whose flags can be seen. */
  code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1);
  code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS);
  code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 3);
  code[n++] = (struct sock_filter)LOAD(args[0]);
  code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1);
  code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM);
  code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
  struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
  sys(__NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
