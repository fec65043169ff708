/* test_sandbox.c - what a locked-down worker can still do. Built without sanitizers, whose own system calls the lock
 * would forbid, and forked for each attempt, since some of them kill. */
#include "tests/unit/test.h"

#include "scan/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int root_fd;

/* Each attempt gives 0 where it succeeded, errno where it failed. */
static int reads_inside(void)
{
    char c;
    const int fd = openat(root_fd, "inside", O_RDONLY);
    return fd >= 0 && read(fd, &c, 1) == 1 ? 0 : errno;
}
static int reads_outside(void) { return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno; }
static int reads_above(void) { return openat(root_fd, "../outside", O_RDONLY) >= 0 ? 0 : errno; }
static int writes_inside(void) { return openat(root_fd, "new", O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : errno; }
static int removes_inside(void) { return unlinkat(root_fd, "inside", 0) == 0 ? 0 : errno; }
static int opens_a_socket(void) { return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno; }
static int starts_a_program(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return errno;
}
static int forks(void)
{
    const pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0 ? 0 : errno;
}
static int signals_its_parent(void) { return kill(getppid(), 0) == 0 ? 0 : errno; }
static int takes_little_memory(void)
{
    char *p = malloc(1 << 20);
    if (p == NULL)
        return ENOMEM;
    memset(p, 1, 1 << 20);
    return 0;
}
static int takes_much_memory(void)
{
    void *p = mmap(NULL, (size_t)512 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED ? 0 : errno;
}

#define KILLED 1000

static int attempt(int (*what)(void), sandbox_state *ret)
{
    sandbox_state *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        *shared = sandbox_enter(root_fd, (size_t)64 << 20);
        _exit(what());
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    *ret = *shared;
    munmap(shared, sizeof *shared);
    return WIFSIGNALED(status) ? KILLED : WEXITSTATUS(status);
}

static void a_worker_reads_below_its_root_and_nothing_else(void **state)
{
    (void)state;
    static const struct { const char *name; int (*what)(void); int want; bool seccomp, landlock; } attempts[] = {
        { "read inside", reads_inside, 0, false, false },
        { "take little memory", takes_little_memory, 0, false, false },
        { "read outside", reads_outside, EACCES, false, true },
        { "read above", reads_above, EACCES, false, true },
        { "write inside", writes_inside, EACCES, false, true },
        { "remove inside", removes_inside, EPERM, true, false },
        { "open a socket", opens_a_socket, KILLED, true, false },
        { "start a program", starts_a_program, KILLED, true, false },
        { "fork", forks, EPERM, true, false },
        { "signal its parent", signals_its_parent, EPERM, true, false },
        { "take much memory", takes_much_memory, ENOMEM, false, false },
    };
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        sandbox_state s;
        const int got = attempt(attempts[i].what, &s);
        if ((attempts[i].seccomp && !s.seccomp) || (attempts[i].landlock && s.landlock == 0)) {
            print_message("not tried, this kernel lacks the layer: %s\n", attempts[i].name);
            continue;
        }
        if (got != attempts[i].want)
            fail_msg("%s: got %d (%s), not %d", attempts[i].name, got, got == KILLED ? "killed" : strerror(got), attempts[i].want);
    }
}

static int set_up(void **state)
{
    (void)state;
    char dir[] = "/tmp/warrant-sandbox-XXXXXX", path[64];
    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/root", dir);
    mkdir(path, 0700);
    root_fd = open(path, O_RDONLY | O_DIRECTORY);
    const int in = openat(root_fd, "inside", O_WRONLY | O_CREAT, 0600), out = openat(root_fd, "../outside", O_WRONLY | O_CREAT, 0600);
    return write(in, "x", 1) != 1 || write(out, "x", 1) != 1 || close(in) != 0 || close(out) != 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlinkat(root_fd, "inside", 0) + unlinkat(root_fd, "../outside", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_worker_reads_below_its_root_and_nothing_else, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
