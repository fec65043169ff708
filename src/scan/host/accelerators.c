/* Accelerators: MODEL, driver VERSION, firmware VERSION, as far as each is said. A part that is unknown is left out. */
#include <stdio.h>
#include <unistd.h>

#include "scan/host/host_in.h"

static wr_slice after_label(wr_slice text, const char *label)
{
    wr_slice line;
    while (wr_slice_line(&text, &line))
        if (wr_slice_starts(line, label))
            return wr_slice_trim(wr_slice_from(line, strlen(label)));
    return (wr_slice){ 0 };
}

/* The first word that looks like 550.54.14. */
static wr_slice version_in(wr_slice line)
{
    wr_slice word;
    while (wr_slice_split(&line, ' ', &word))
        if (word.len > 2 && word.at[0] >= '0' && word.at[0] <= '9' && wr_slice_find_char(word, '.') < word.len)
            return word;
    return (wr_slice){ 0 };
}

static void see(host *h, wr_slice model, wr_slice driver, wr_slice firmware, const char *where)
{
    const wr_slice text = wr_arena_printf(h->arena, WR_FMT "%s" WR_FMT "%s" WR_FMT, WR_ARG(wr_slice_part(model, 0, 200)),
                                          driver.len ? ", driver " : "",
                                          WR_ARG(wr_slice_part(driver, 0, 100)), firmware.len ? ", firmware " : "", WR_ARG(wr_slice_part(firmware, 0, 100)));
    if (model.len > 0 && wr_utf8_valid(text))
        wr_estate_add_text(h->estate, h->environment, "accelerators", text, host_place(h, "%s", where),
                           "what the driver says of its devices");
}

static void nvidia(void *ctx, host *h, const char *dir, const char *name)
{
    wr_slice text;
    const wr_slice driver = *(const wr_slice *)ctx;
    if (!host_read(h, wr_arena_printf(h->arena, "%s/%s/information", dir, name).at, HOST_FILE_MOST, &text, NULL))
        return;
    wr_slice firmware = after_label(text, "GPU Firmware:");
    if (firmware.len == 0 || wr_slice_is(firmware, "N/A"))
        firmware = after_label(text, "Video BIOS:");
    see(h, after_label(text, "Model:"), driver, firmware, "proc/driver/nvidia");
}

static void card(void *ctx, host *h, const char *dir, const char *name)
{
    bool *had_nvidia = ctx;
    char link[256];
    if (strncmp(name, "card", 4) != 0 || strchr(name, '-') != NULL)
        return; /* card0-HDMI-1 is a plug */
    const wr_slice vendor = host_line(h, wr_arena_printf(h->arena, "%s/%s/device/vendor", dir, name).at);
    const bool amd = wr_slice_is(vendor, "0x1002");
    if (!amd && !(wr_slice_is(vendor, "0x10de") && !*had_nvidia))
        return; /* what an Intel or a server's own graphics chip draws is a screen */
    wr_slice model = host_line(h, wr_arena_printf(h->arena, "%s/%s/device/product_name", dir, name).at);
    if (model.len == 0)
        model = wr_arena_printf(h->arena, "%s device " WR_FMT, amd ? "AMD" : "NVIDIA",
                                WR_ARG(host_line(h, wr_arena_printf(h->arena, "%s/%s/device/device", dir, name).at)));
    const char *path = wr_arena_printf(h->arena, "%s/%s/device/driver", dir, name).at;
    const ssize_t n = path ? readlink(path, link, sizeof link) : -1;
    const wr_slice module = n > 0 ? wr_path_name(wr_slice_make(link, (size_t)n)) : (wr_slice){ 0 };
    wr_slice driver = module.len ? host_line(h, host_path(h, "/sys/module/" WR_FMT "/version", WR_ARG(module))) : (wr_slice){ 0 };
    if (driver.len == 0 && module.len > 0) /* a driver of the kernel's own has the kernel's version */
        driver = host_line(h, host_path(h, "/proc/sys/kernel/osrelease"));
    if (driver.len > 0)
        driver = wr_arena_printf(h->arena, WR_FMT " " WR_FMT, WR_ARG(module), WR_ARG(driver));
    see(h, model, driver, host_line(h, wr_arena_printf(h->arena, "%s/%s/device/vbios_version", dir, name).at), "sys/class/drm");
}

static void device(void *ctx, host *h, const char *dir, const char *name)
{
    (void)dir;
    if (strncmp(name, "nvidia", 6) == 0 && name[6] >= '0' && name[6] <= '9')
        ++*(int *)ctx;
    if (strcmp(name, "kfd") == 0)
        wr_estate_add_text(h->estate, h->environment, "accelerator_devices", WR_SLICE("kfd"), host_place(h, "dev"),
                           "a device file is there");
}

void host_accelerators(host *h)
{
    wr_slice text;
    bool had_nvidia = false;
    int devices = 0;
    if (host_read(h, host_path(h, "/proc/driver/nvidia/version"), HOST_FILE_MOST, &text, NULL)) {
        wr_slice line = { 0 };
        (void)wr_slice_line(&text, &line);
        const wr_slice driver = version_in(line);
        had_nvidia = true;
        host_each(h, host_path(h, "/proc/driver/nvidia/gpus"), nvidia, (void *)(uintptr_t)&driver);
    }
    host_each(h, host_path(h, "/sys/class/drm"), card, &had_nvidia);
    host_each(h, host_path(h, "/dev"), device, &devices);
    if (devices > 0)
        wr_estate_add_text(h->estate, h->environment, "accelerator_devices", wr_arena_printf(h->arena, "nvidia: %d", devices),
                           host_place(h, "dev"), "device files are there");
}
