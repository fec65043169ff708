#include "scan/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock ---- */

static int landlock_version(void)
{
    const long v = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return v > 0 ? (int)v : 0;
}

/* Everything that the kernel's version can forbid is forbidden, then reading below the root is allowed. The header of
 * Debian 12 knows version 2; bits of later versions are written as numbers (LANDLOCK_ACCESS_FS_*, kernel uapi). */
static bool landlock_enter(const int *fds, size_t count, int version)
{
    struct {
        uint64_t fs, net;
    } attr = { 0 };
    static const unsigned fs_bits[] = { 0, 13, 14, 15, 15, 16 }; /* by version */
    attr.fs = ((uint64_t)1 << fs_bits[version < 5 ? version : 5]) - 1;
    if (version >= 4)
        attr.net = 3; /* bind and connect TCP */
    const int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, version >= 4 ? sizeof attr : sizeof attr.fs, 0);
    if (fd < 0)
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        struct stat st;
        const bool folder = fstat(fds[i], &st) == 0 && S_ISDIR(st.st_mode);
        struct landlock_path_beneath_attr rule = {
            .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | (folder ? LANDLOCK_ACCESS_FS_READ_DIR : 0),
            .parent_fd = fds[i],
        };
        /* what lies in no file system (a pipe) cannot be named in a rule, and is not held back by one */
        ok = syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 || errno == EBADFD;
    }
    ok = ok && syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    close(fd);
    return ok;
}

/* ---- seccomp: a list of what a reader needs; all else fails with EPERM, and what only an attacker would want kills ---- */

#ifdef WARRANT_SANITIZED /* a sanitizer's own calls would fail */
#elif defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef ARCH
#define ALLOW(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

static bool seccomp_enter(void)
{
    static const struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(SYS_read), ALLOW(SYS_write), ALLOW(SYS_openat), ALLOW(SYS_openat2), ALLOW(SYS_close), ALLOW(SYS_fstat),
        ALLOW(SYS_newfstatat), ALLOW(SYS_getdents64), ALLOW(SYS_lseek), ALLOW(SYS_pread64), ALLOW(SYS_readv), ALLOW(SYS_writev),
        ALLOW(SYS_mmap),
        ALLOW(SYS_munmap), ALLOW(SYS_mremap), ALLOW(SYS_mprotect), ALLOW(SYS_madvise), ALLOW(SYS_brk), ALLOW(SYS_futex),
        ALLOW(SYS_clock_gettime), ALLOW(SYS_getrandom), ALLOW(SYS_exit), ALLOW(SYS_exit_group), ALLOW(SYS_rt_sigreturn),
        ALLOW(SYS_rt_sigprocmask), ALLOW(SYS_rt_sigaction), ALLOW(SYS_getpid), ALLOW(SYS_gettid), ALLOW(SYS_tgkill),
        ALLOW(SYS_sched_yield), ALLOW(SYS_sched_getaffinity), ALLOW(SYS_fadvise64), ALLOW(SYS_restart_syscall),
#ifdef SYS_access
        ALLOW(SYS_access),
#endif
        ALLOW(SYS_faccessat),
        KILL(SYS_execve), KILL(SYS_execveat), KILL(SYS_socket), KILL(SYS_connect), KILL(SYS_ptrace), KILL(SYS_bpf),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    };
    const struct sock_fprog program = { sizeof filter / sizeof filter[0], (struct sock_filter *)(uintptr_t)filter };
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
#else
static bool seccomp_enter(void)
{
    return false;
}
#endif

/* ---- memory ---- */

/* RLIMIT_DATA counts private writable memory but no mapped file, so a worker can map a model of any size. A worker is a
 * fork: what its parent holds already is counted too, and is added. */
static void limit_memory(size_t most_bytes)
{
#ifndef WARRANT_SANITIZED /* a sanitizer reserves terabytes */
    unsigned long long held_kib = 0;
    char line[256];
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "VmData: %llu", &held_kib) == 1)
            break;
    if (f != NULL)
        fclose(f);
    const rlim_t most = (rlim_t)held_kib * 1024 + most_bytes;
    const struct rlimit data = { most, most };
    (void)setrlimit(RLIMIT_DATA, &data);
#else
    (void)most_bytes;
#endif
}

sandbox_state sandbox_enter(int root_fd, size_t most_bytes)
{
    return sandbox_enter_many(&root_fd, root_fd >= 0, most_bytes);
}

sandbox_state sandbox_enter_many(const int *fds, size_t count, size_t most_bytes)
{
    sandbox_state s = { 0 };
    const struct rlimit none = { 0, 0 };
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_FSIZE, &none); /* a pipe is no file: this forbids writing to any */
    limit_memory(most_bytes);
    (void)prctl(PR_SET_DUMPABLE, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return s;
    const int version = landlock_version();
    if (version > 0 && landlock_enter(fds, count, version))
        s.landlock = version;
    s.seccomp = seccomp_enter();
    return s;
}

sandbox_state sandbox_probe(void)
{
    sandbox_state s = { .landlock = landlock_version() };
#ifdef ARCH
    s.seccomp = prctl(PR_GET_SECCOMP) >= 0;
#endif
    return s;
}
