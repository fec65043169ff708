/* Lists of what is installed: what package managers, systems, browsers and editors print. */
#include <ctype.h>

#include "scan/discover/discover_in.h"

/* ---- installed software ---- */

static bool software(log_state *s, wr_slice name)
{
    const sighting seen = { .by = WR_BY_SOFTWARE, .what = name, .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return name.len > 0;
}

static bool dpkg_is(wr_slice head, log_state *s) { (void)s; return wr_slice_starts(head, "Desired=Unknown/Install") || wr_slice_starts(head, "ii  "); }
static bool dpkg_line(log_state *s, wr_slice line)
{
    if (!wr_slice_is(discover_word_at(line, 0), "ii"))
        return true; /* the head, and what is removed */
    const wr_slice name = discover_word_at(line, 1);
    return software(s, wr_slice_part(name, 0, wr_slice_find_char(name, ':')));
}

/* name-version-release.arch */
static bool rpm_one(wr_slice line)
{
    static const char *const archs[] = { ".x86_64", ".noarch", ".aarch64", ".i686", ".ppc64le", ".s390x" };
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        if (wr_slice_ends(wr_slice_trim(line), archs[i]) && discover_word_at(line, 1).len == 0)
            return true;
    return false;
}
static bool rpm_is(wr_slice head, log_state *s) { (void)s; return discover_most_lines(head, rpm_one); }
static bool rpm_line(log_state *s, wr_slice line)
{
    size_t end = line.len, dashes = 0;
    while (end > 0 && dashes < 2)
        dashes += line.at[--end] == '-';
    return software(s, wr_slice_part(line, 0, dashes == 2 ? end : line.len));
}

/* "name version": pacman -Q, brew list --versions; "name" alone: brew list */
static bool plain_one(wr_slice line)
{
    const wr_slice name = discover_word_at(line, 0), version = discover_word_at(line, 1);
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.at[i]) && strchr("@._+-/", name.at[i]) == NULL)
            return false;
    for (size_t n = 2; n < 8; n++) { /* further versions, as brew prints; a sentence or a log is none */
        const wr_slice more = discover_word_at(line, n);
        if (more.len > 0 && !isdigit((unsigned char)more.at[0]))
            return false;
        for (size_t i = 0; i < more.len; i++)
            if (more.at[i] == ':' && i + 3 <= more.len && n >= 2)
                return false; /* a time */
    }
    return name.len > 0 && (version.len == 0 || isdigit((unsigned char)version.at[0]) || version.at[0] == 'r' || version.at[0] == 'v');
}
static bool plain_is(wr_slice head, log_state *s) { return discover_most_lines(head, plain_one) && (s->kind_given || discover_word_at(head, 1).len > 0); }
static bool plain_line(log_state *s, wr_slice line) { return plain_one(line) && software(s, discover_word_at(line, 0)); }

/* Tables whose columns begin where their head's words do: winget, Get-Package, snap, flatpak, in the language of the system.
 * Positions are counted in characters: names hold more than ASCII. */

static const char *const name_words[] = { "Name", "Nom", "Nombre", "Nome", "Naam", "Namn", "Navn", "Package", NULL };
static const char *const id_words[] = { "Id", "ID", "Application", NULL };

static bool one_of(wr_slice word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (wr_slice_is(word, words[i]))
            return true;
    return false;
}

static size_t byte_of(wr_slice line, size_t character)
{
    size_t i = 0;
    for (size_t n = 0; i < line.len && (n < character || ((uint8_t)line.at[i] & 0xC0) == 0x80); i++)
        n += ((uint8_t)line.at[i] & 0xC0) != 0x80;
    return i < line.len ? i : line.len;
}

/* The places of name and id in a head: id -1 where it has none; false where it is no head. */
static bool table_head(wr_slice line, int *ret_name_end, int *ret_id, int *ret_id_end)
{
    size_t begin = 0;
    for (size_t i = 0; i < line.len; i++) /* winget turns a spinner in front of it */
        if (line.at[i] == '\r')
            begin = i + 1;
    line = wr_slice_from(line, begin);
    if (!one_of(discover_word_at(line, 0), name_words) || discover_word_at(line, 1).len == 0)
        return false;
    int starts[16], count = 0, place = 0;
    bool gap = true, version = false;
    *ret_id = -1;
    for (size_t i = 0; i < line.len && count < 16; i++) {
        if (((uint8_t)line.at[i] & 0xC0) == 0x80)
            continue;
        if (line.at[i] != ' ' && line.at[i] != '\t' && gap) {
            const wr_slice word = discover_word_at(wr_slice_from(line, i), 0);
            if (count > 0 && one_of(word, id_words) && *ret_id < 0)
                *ret_id = count;
            version |= wr_slice_starts(word, "Versi") || wr_slice_starts(word, "Versie");
            starts[count++] = place;
        }
        gap = line.at[i] == ' ' || line.at[i] == '\t';
        place++;
    }
    if (!version || count < 2)
        return false;
    *ret_name_end = starts[1];
    if (*ret_id > 0) {
        const int id = *ret_id;
        *ret_id = starts[id];
        *ret_id_end = id + 1 < count ? starts[id + 1] : 1000;
    }
    return true;
}

static bool table_is(wr_slice head, log_state *s)
{
    wr_slice line;
    int a, b, c;
    (void)s;
    for (size_t i = 0; i < 8 && wr_slice_line(&head, &line); i++)
        if (table_head(line, &a, &b, &c))
            return wr_slice_find_char(line, ',') == line.len && wr_slice_find_char(line, ';') == line.len && wr_slice_find_char(line, '\t') == line.len;
    return false;
}

static bool table_line(log_state *s, wr_slice line)
{
    if (!s->started) {
        s->started = table_head(line, &s->columns[0], &s->columns[1], &s->columns[2]);
        return true;
    }
    if (wr_slice_starts(line, "---"))
        return true;
    const size_t end = byte_of(line, (size_t)s->columns[0]);
    const wr_slice name = wr_slice_trim(wr_slice_part(line, 0, end));
    wr_slice id = { 0 };
    if (s->columns[1] > 0) {
        const size_t from = byte_of(line, (size_t)s->columns[1]), to = byte_of(line, (size_t)s->columns[2]);
        id = wr_slice_trim(wr_slice_part(line, from, to > from ? to - from : 0));
    }
    const sighting seen = { .by = WR_BY_SOFTWARE, .what = id.len > 0 ? id : name, .other = id.len > 0 ? name : (wr_slice){ 0 }, .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return name.len > 0;
}

/* Format-List: "Name         : Cursor" */
static wr_slice listed_name(wr_slice line)
{
    const size_t colon = wr_slice_find_char(line, ':');
    const wr_slice key = wr_slice_trim(wr_slice_part(line, 0, colon));
    return colon < line.len && (wr_slice_is(key, "Name") || wr_slice_is(key, "DisplayName")) ? wr_slice_trim(wr_slice_from(line, colon + 1)) : (wr_slice){ 0 };
}
static bool listing_is(wr_slice head, log_state *s)
{
    wr_slice line;
    (void)s;
    for (size_t i = 0; i < 6 && wr_slice_line(&head, &line); i++)
        if (listed_name(line).len > 0)
            return true;
    return false;
}
static bool listing_line(log_state *s, wr_slice line)
{
    const wr_slice name = listed_name(line);
    if (name.len > 0)
        (void)software(s, name);
    return true; /* versions, sources */
}

/* apt list --installed: "name/stable,now 1.0 amd64 [installed]" */
static bool apt_one(wr_slice line)
{
    const wr_slice name = discover_word_at(line, 0);
    return wr_slice_find_char(name, '/') > 0 && wr_slice_find_char(name, '/') < name.len && wr_slice_find(line, WR_SLICE(" [")) < line.len;
}
static bool apt_is(wr_slice head, log_state *s) { (void)s; return discover_most_lines(head, apt_one); }
static bool apt_line(log_state *s, wr_slice line)
{
    const wr_slice name = discover_word_at(line, 0);
    return !apt_one(line) || software(s, wr_slice_part(name, 0, wr_slice_find_char(name, '/')));
}

/* system_profiler SPApplicationsDataType: names stand at four spaces and end with a colon */
static bool profiler_is(wr_slice head, log_state *s) { (void)s; return wr_slice_starts(wr_slice_trim(head), "Applications:"); }
static bool profiler_line(log_state *s, wr_slice line)
{
    if (wr_slice_starts(line, "    ") && line.len > 5 && line.at[4] != ' ' && line.at[line.len - 1] == ':')
        (void)software(s, wr_slice_part(line, 4, line.len - 5));
    return true;
}

/* ls /Applications */
static bool apps_one(wr_slice line) { return wr_slice_ends(wr_slice_trim(line), ".app"); }
static bool apps_is(wr_slice head, log_state *s) { (void)s; return discover_most_lines(head, apps_one); }
static bool apps_line(log_state *s, wr_slice line)
{
    const wr_slice name = wr_slice_trim(line);
    return !apps_one(line) || software(s, wr_slice_part(name, 0, name.len - 4));
}

/* ---- extensions ---- */

static bool vscode_one(wr_slice line)
{
    const wr_slice t = wr_slice_trim(line), id = wr_slice_part(t, 0, wr_slice_find_char(t, '@'));
    const size_t dot = wr_slice_find_char(id, '.');
    for (size_t i = 0; i < id.len; i++)
        if (!isalnum((unsigned char)id.at[i]) && strchr("._-", id.at[i]) == NULL)
            return false;
    return dot > 0 && dot + 1 < id.len && !isdigit((unsigned char)id.at[dot + 1]);
}
static bool chrome_one(wr_slice line)
{
    const wr_slice id = wr_slice_trim(line);
    for (size_t i = 0; i < id.len; i++)
        if (id.at[i] < 'a' || id.at[i] > 'p')
            return false;
    return id.len == 32;
}
static bool ids_one(wr_slice line) { return vscode_one(line) || chrome_one(line); }
static bool ids_is(wr_slice head, log_state *s) { (void)s; return !rpm_is(head, s) && discover_most_lines(head, ids_one); }
static bool ids_line(log_state *s, wr_slice line)
{
    const wr_slice id = wr_slice_trim(line);
    const sighting seen = { .by = WR_BY_EXTENSION, .what = wr_slice_part(id, 0, wr_slice_find_char(id, '@')), .day = DISCOVER_NO_DAY };
    discover_see(s, &seen);
    return ids_one(line);
}

const log_format log_format_dpkg = { "dpkg", WR_LOG_SOFTWARE, false, dpkg_is, dpkg_line };
const log_format log_format_rpm = { "rpm", WR_LOG_SOFTWARE, false, rpm_is, rpm_line };
const log_format log_format_table = { "table", WR_LOG_SOFTWARE, false, table_is, table_line };
const log_format log_format_listing = { "listing", WR_LOG_SOFTWARE, false, listing_is, listing_line };
const log_format log_format_apt = { "apt", WR_LOG_SOFTWARE, false, apt_is, apt_line };
const log_format log_format_profiler = { "system-profiler", WR_LOG_SOFTWARE, false, profiler_is, profiler_line };
const log_format log_format_apps = { "applications", WR_LOG_SOFTWARE, false, apps_is, apps_line };
const log_format log_format_ids = { "extension-ids", WR_LOG_EXTENSIONS, false, ids_is, ids_line };
const log_format log_format_packages = { "packages", WR_LOG_SOFTWARE, false, plain_is, plain_line };
