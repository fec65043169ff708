/* Which addresses this host has, and so what an address that is listened on reaches. */
#include <stdio.h>

#include "scan/detectors/common.h"
#include "scan/host/host_in.h"

/* Eight digits are one 32-bit number in the machine's order (little on all that we run on). */
static wr_slice ipv4_text(wr_arena *a, wr_slice hex)
{
    uint8_t b[4];
    return wr_unhex(hex, b, 4) ? wr_arena_printf(a, "%u.%u.%u.%u", b[3], b[2], b[1], b[0]) : (wr_slice){ 0 };
}

/* "|-- 10.0.0.5" and on the next line "/32 host LOCAL". */
static bool has_public_v4(wr_slice trie, bool *ret_any)
{
    wr_slice line, address = { 0 };
    bool is_public = false;
    while (wr_slice_line(&trie, &line)) {
        const size_t mark = wr_slice_find(line, WR_SLICE("|-- "));
        if (mark < line.len)
            address = wr_slice_trim(wr_slice_from(line, mark + 4));
        else if (wr_slice_find(line, WR_SLICE("/32 host LOCAL")) < line.len && address.len > 0) {
            *ret_any = true;
            is_public |= strcmp(wr_address_of_host(address), "public") == 0;
        }
    }
    return is_public;
}

/* "20010db8... 02 40 00 80 eth0": the fourth is the scope, 00 is global; fc and fd are private all the same. */
static bool has_public_v6(wr_slice text, bool *ret_any)
{
    wr_slice line;
    bool is_public = false;
    while (wr_slice_line(&text, &line)) {
        wr_slice rest = line, word, words[4] = { 0 };
        size_t n = 0;
        while (n < 4 && wr_slice_split(&rest, ' ', &word))
            if (word.len > 0)
                words[n++] = word;
        *ret_any |= n == 4;
        is_public |= n == 4 && wr_slice_is(words[3], "00") && !wr_slice_starts(words[0], "fc") && !wr_slice_starts(words[0], "fd");
    }
    return is_public;
}

static const char *every_address(host *h, bool v6)
{
    wr_slice text;
    bool any = false, is_public = false;
    if (host_read(h, host_path(h, "/proc/net/fib_trie"), HOST_FILE_MOST, &text, NULL))
        is_public = has_public_v4(text, &any);
    if (v6 && host_read(h, host_path(h, "/proc/net/if_inet6"), HOST_FILE_MOST, &text, NULL))
        is_public |= has_public_v6(text, &any);
    return is_public ? "public" : any ? "private" : "";
}

const char *host_reach(host *h, wr_slice hex)
{
    if (hex.len == 8) {
        const wr_slice text = ipv4_text(h->arena, hex);
        return wr_slice_is(text, "0.0.0.0") ? every_address(h, false) : wr_address_of_host(text);
    }
    if (wr_slice_is(hex, "00000000000000000000000000000000"))
        return every_address(h, true);
    if (wr_slice_is(hex, "00000000000000000000000001000000"))
        return "loopback";
    if (wr_slice_starts(hex, "0000000000000000FFFF0000")) /* IPv4 in IPv6 */
        return host_reach(h, wr_slice_part(hex, 24, 8));
    uint8_t b[4];
    if (!wr_unhex(wr_slice_part(hex, 0, 8), b, 4))
        return "";
    const bool local = (b[3] & 0xFE) == 0xFC || (b[3] == 0xFE && (b[2] & 0xC0) == 0x80);
    return local ? "private" : "public";
}
