/* build.c - which build this is. A changed detector or library must not be believed to have said what an older one said. */
#include "scan/cache/cache.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

typedef struct { wr_sha256 *sha; unsigned objects; bool program; } builds;

/* The notes of a segment: name and description are padded to four bytes. */
static bool add_build_id(builds *b, const char *at, size_t len)
{
    bool any = false;
    while (len >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        memcpy(&note, at, sizeof note);
        const size_t name = ((size_t)note.n_namesz + 3) & ~(size_t)3, size = ((size_t)note.n_descsz + 3) & ~(size_t)3;
        if (name > len - sizeof note || size > len - sizeof note - name)
            return any;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(at + sizeof note, "GNU", 4) == 0) {
            wr_sha256_add(b->sha, at + sizeof note + name, note.n_descsz);
            any = true;
        }
        at += sizeof note + name + size;
        len -= sizeof note + name + size;
    }
    return any;
}

static int one_object(struct dl_phdr_info *info, size_t size, void *ctx)
{
    (void)size;
    builds *b = ctx;
    bool any = false;
    if (strstr(info->dlpi_name, "vdso") != NULL) /* the kernel's */
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_NOTE)
            any |= add_build_id(b, (const char *)(uintptr_t)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr), info->dlpi_phdr[i].p_memsz);
    if (b->objects++ == 0)
        b->program = any;
    else if (!any) /* a library without an id: its name is the best there is */
        wr_sha256_add(b->sha, info->dlpi_name, strlen(info->dlpi_name) + 1);
    return 0;
}

static void add_program(wr_sha256 *sha)
{
    char part[65536];
    const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    for (ssize_t n; fd >= 0 && (n = read(fd, part, sizeof part)) > 0;)
        wr_sha256_add(sha, part, (size_t)n);
    if (fd >= 0)
        close(fd);
}

wr_hash cache_build(void)
{
    wr_hash none = { 0 };
    builds b = { .sha = wr_sha256_new() };
    if (b.sha == NULL)
        return none;
    wr_sha256_begin(b.sha);
    (void)dl_iterate_phdr(one_object, &b);
    if (!b.program)
        add_program(b.sha);
    wr_sha256_add(b.sha, WARRANT_VERSION, sizeof WARRANT_VERSION);
    const wr_hash ret = wr_sha256_end(b.sha);
    wr_sha256_free(b.sha);
    return ret;
}
