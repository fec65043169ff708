#include "metadata.h"

#include <warrant/hash.h>

#include "inside.h"
#include "pickle.h"

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Where `words` (lower case) stand in the text from `from` on, in any case; text.len where they do not. */
static size_t find_fold(wr_slice text, const char *words, size_t from)
{
    const size_t len = strlen(words);
    for (size_t i = from; i + len <= text.len; i++) {
        size_t k = 0;
        while (k < len && lower(text.at[i + k]) == words[k])
            k++;
        if (k == len)
            return i;
    }
    return text.len;
}

static bool has_fold(wr_slice text, const char *words)
{
    return find_fold(text, words, 0) < text.len;
}

/* What stands in code and never in a description. `name`: no part of a longer word or of an attribute. `then`: what must
 * stand somewhere else in the text; NULL: nothing. */
typedef struct { const char *words; bool name; const char *then, *what; } mark;
static const mark marks[] = {
    { "os.system(", true, NULL, "Python that runs commands" },
    { "os.popen(", true, NULL, "Python that runs commands" },
    { "os.exec", true, "(", "Python that runs commands" },
    { "os.spawn", true, "(", "Python that runs commands" },
    { "subprocess.run(", true, NULL, "Python that runs commands" },
    { "subprocess.call(", true, NULL, "Python that runs commands" },
    { "subprocess.popen(", true, NULL, "Python that runs commands" },
    { "subprocess.check_", true, "(", "Python that runs commands" },
    { "subprocess.getoutput(", true, NULL, "Python that runs commands" },
    { "pty.spawn(", true, NULL, "Python that runs commands" },
    { "__import__(", true, NULL, "Python that imports by name" },
    { "importlib.import_module(", true, NULL, "Python that imports by name" },
    { "__subclasses__", false, NULL, "Python that reaches for the insides of objects" },
    { "__globals__", false, NULL, "Python that reaches for the insides of objects" },
    { "__builtins__", false, NULL, "Python that reaches for the insides of objects" },
    { "marshal.loads(", true, NULL, "Python that loads code" },
    { "pickle.loads(", true, NULL, "Python that loads a pickle" },
    { "exec(base64", true, NULL, "Python that runs what it decodes" },
    { "eval(base64", true, NULL, "Python that runs what it decodes" },
    { "exec(compile", true, NULL, "Python that runs what it compiles" },
    { "b64decode(", false, "exec(", "Python that runs what it decodes" },
    { "socket.socket(", true, ".connect(", "Python that connects somewhere" },
    { "rm -rf /", false, NULL, "a command that removes files" },
    { "rm -rf ~", false, NULL, "a command that removes files" },
    { "rm -rf *", false, NULL, "a command that removes files" },
    { "chmod 777 /", false, NULL, "a command that opens files to everybody" },
    { "chmod +x ", false, "./", "a command that makes a file executable" },
    { "| sh", false, NULL, "a command that runs what it fetched" },
    { "| bash", false, NULL, "a command that runs what it fetched" },
    { "|sh", false, NULL, "a command that runs what it fetched" },
    { "|bash", false, NULL, "a command that runs what it fetched" },
    { "/dev/tcp/", false, NULL, "a command that opens a shell to somewhere" },
    { "bash -i", true, ">&", "a command that opens a shell to somewhere" },
    { "nc -e", true, NULL, "a command that opens a shell to somewhere" },
    { "mkfifo /tmp", true, NULL, "a command that opens a shell to somewhere" },
    { "powershell -e", true, " ", "an encoded PowerShell command" },
    { "powershell.exe -", true, NULL, "a PowerShell command" },
    { "invoke-expression", true, NULL, "a PowerShell command" },
    { "cmd.exe /c", true, NULL, "a Windows command" },
    { "cmd /c ", true, NULL, "a Windows command" },
    { "certutil -urlcache", true, NULL, "a Windows command" },
    { "<script", false, "</script", "a script for a browser" },
    { "<script ", false, "src=", "a script for a browser" },
    { "<iframe", false, "src", "a frame for a browser" },
    { "document.cookie", true, NULL, "a script for a browser" },
    { "<img", false, "onerror=", "a script for a browser" },
    { "<svg", false, "onload=", "a script for a browser" },
    { "data:text/html", true, NULL, "a page for a browser" },
};

static bool stands(wr_slice text, const mark *m, size_t *ret_at)
{
    for (size_t at = 0; (at = find_fold(text, m->words, at)) < text.len; at++) {
        if (m->name && at > 0 && (word_char(text.at[at - 1]) || text.at[at - 1] == '.'))
            continue;
        const size_t end = at + strlen(m->words);
        const char last = m->words[strlen(m->words) - 1];
        if (word_char(last) && end < text.len && word_char(text.at[end]) && m->then == NULL)
            continue; /* "| shards" */
        *ret_at = at;
        return m->then == NULL || has_fold(text, m->then);
    }
    return false;
}

/* "curl ... | sh" is a command; "a | sh" in a table of words is none. */
static bool fetches(wr_slice text)
{
    return has_fold(text, "curl ") || has_fold(text, "wget ") || has_fold(text, "base64 -d");
}

/* javascript:... with something that runs behind it. */
static bool script_address(wr_slice text)
{
    static const char *const schemes[] = { "javascript:", "vbscript:" };
    for (size_t i = 0; i < 2; i++) {
        const size_t at = find_fold(text, schemes[i], 0), end = at + strlen(schemes[i]);
        if (end < text.len && (at == 0 || !word_char(text.at[at - 1])) && text.at[end] > ' ' && has_fold(text, "("))
            return true;
    }
    return false;
}

/* \x48\x65...: eight in a row spell something that should not be read. */
static bool spelled_in_hex(wr_slice text)
{
    size_t run = 0;
    for (size_t i = 0; i + 3 < text.len;)
        if (text.at[i] == '\\' && text.at[i + 1] == 'x') {
            if (++run == 8)
                return true;
            i += 4;
        } else {
            run = 0;
            i++;
        }
    return false;
}

static bool code(wr_exam *x, const wr_part *p, uint64_t at, wr_slice key, wr_slice text, const char *how)
{
    const char *what = NULL;
    size_t where = 0;
    for (size_t i = 0; what == NULL && i < sizeof marks / sizeof marks[0]; i++)
        if (stands(text, &marks[i], &where) && (strchr(marks[i].words, '|') == NULL || fetches(text)))
            what = marks[i].what;
    if (what == NULL && script_address(text))
        what = "a script for a browser";
    if (what == NULL && spelled_in_hex(text))
        what = "text spelled in escapes";
    if (what == NULL)
        return false;
    wr_exam_find(x, p, at, WR_RULE_METADATA_CODE, key, "the metadata " WR_FMT " holds %s%s: " WR_FMT,
                 WR_ARG(wr_exam_shown(x, key, 80)), what, how, WR_ARG(wr_exam_shown(x, wr_slice_from(text, where), 120)));
    return true;
}

/* An address that is to be called, or that names what it serves. */
static bool address(wr_slice key, wr_slice text)
{
    static const char *const called[] = { "callback", "webhook", "beacon", "exfil", "c2_", "payload" };
    static const char *const served[] = { "exfil", "/payload", "malware", "backdoor", "reverse_shell", "reverse-shell", ".ps1", ".exe",
                                          ".scr", ".vbs", ".hta" };
    const wr_slice url = wr_slice_trim(text);
    if (find_fold(url, "http://", 0) != 0 && find_fold(url, "https://", 0) != 0 && find_fold(url, "ftp://", 0) != 0)
        return false;
    for (size_t i = 0; i < sizeof called / sizeof called[0]; i++)
        if (has_fold(key, called[i]))
            return true;
    for (size_t i = 0; i < sizeof served / sizeof served[0]; i++)
        if (has_fold(url, served[i]))
            return true;
    return false;
}

static bool readable(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.at[i] < 0x20 && s.at[i] != '\n' && s.at[i] != '\r' && s.at[i] != '\t')
            return false;
    return s.len > 0;
}

/* Base64 of a pickle, an archive, a program or code. */
static void decoded(wr_exam *x, const wr_part *p, uint64_t at, wr_slice key, wr_slice text)
{
    wr_slice bytes = { 0 };
    text = wr_slice_trim(text);
    if (text.len < 16 || text.len > WR_METADATA_DECODED / 3 * 4 || !wr_unbase64(x->l->arena, text, &bytes) || bytes.len < 8)
        return;
    if (wr_slice_starts(bytes, "\x7f" "ELF") || wr_slice_starts(bytes, "MZ\x90") || wr_slice_starts(bytes, "#!/")) {
        wr_exam_find(x, p, at, WR_RULE_METADATA_CODE, key, "the metadata " WR_FMT " holds a program in base64",
                     WR_ARG(wr_exam_shown(x, key, 80)));
        return;
    }
    if (readable(bytes)) {
        (void)code(x, p, at, key, bytes, " in base64");
        return;
    }
    if ((uint8_t)bytes.at[0] != OP_PROTO && !wr_slice_starts(bytes, "PK\x03\x04"))
        return;
    wr_part inner = wr_part_inside(p, bytes, at, wr_exam_shown(x, key, 80));
    inner.unpacked = true;
    wr_error ignored;
    if (wr_inside_read(x, &inner, &ignored) != WR_OK)
        wr_exam_unread(x, p, at, "what the metadata holds in base64 could not be read");
}

void wr_metadata_judge(wr_exam *x, const wr_part *p, uint64_t at, wr_slice key, wr_slice text)
{
    if (text.len < 8)
        return;
    if (!code(x, p, at, key, text, "") && address(key, text))
        wr_exam_find(x, p, at, WR_RULE_METADATA_ADDRESS, key, "the metadata " WR_FMT " names an address to be called: " WR_FMT,
                     WR_ARG(wr_exam_shown(x, key, 80)), WR_ARG(wr_exam_shown(x, text, 120)));
    decoded(x, p, at, key, text);
}
