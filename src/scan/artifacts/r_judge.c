#include "r_judge.h"

/* What starts programs, loads native code, or fetches code. */
static const char *const dangerous[] = {
    "system", "system2", "shell", "shell.exec", "pipe", "dyn.load", "library.dynam", "download.file", "install.packages", "source",
    "sys.source", "socketConnection", "serverSocket", "socketAccept", "url.show", "unlink", "file.remove",
    "terminalExecute", "terminalCreate", "sourceCpp", "cppFunction", "evalCpp", "py_run_string", "py_run_file",
};
static const char *const indirect[] = {
    "do.call", "match.fun", "get", "get0", "mget", "getFunction", "getExportedValue", "getFromNamespace", "getAnywhere", "lapply",
    "sapply", "vapply", "mapply", "Map", "Reduce", "Filter", "call", "as.name", "as.symbol", "as.call", "eval", "evalq", "dynGet",
};
/* Names that a saved function takes over from R once the image is loaded. */
static const char *const masked[] = {
    "library", "require", "print", "cat", "c", "list", "data.frame", "read.csv", "read.table", "readRDS", "load", "save", "saveRDS",
    "lm", "glm", "predict", "summary", "plot", "mean", "sum", "paste", "paste0", "eval", "parse", "q", "quit", "rm", "ls", "source",
    "attach", "setwd", "{", "(", "[", "[[", "$", "<-", "=", "+", "-", "*", "/", "==", "if", "for", "while", "function", "head",
};
static const char *const own_altrep[] = {
    "compact_intseq", "compact_realseq", "deferred_string", "wrap_integer", "wrap_logical", "wrap_real", "wrap_complex", "wrap_raw",
    "wrap_string", "wrap_list",
};

static bool in(wr_slice s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_is(s, list[i]))
            return true;
    return false;
}
#define IN(s, list) in((s), (list), sizeof(list) / sizeof((list)[0]))

bool r_judge_indirect(wr_slice function)
{
    return IN(function, indirect);
}

void r_judge_argument(r_judge *j, wr_slice name, bool text, uint64_t at)
{
    static const char *const variables[] = { "source", "pipe", "shell" }; /* words that variables are called by */
    if (text || !IN(name, variables))
        r_judge_call(j, name, at);
}

void r_judge_call(r_judge *j, wr_slice function, uint64_t at)
{
    if (function.len == 0 || j->code == R_CODE_PAST || !IN(function, dangerous))
        return;
    const wr_slice shown = wr_exam_shown(j->x, function, 60);
    if (j->code == R_CODE_FUNCTION) {
        wr_exam_find(j->x, j->p, at, WR_RULE_R_FUNCTION_CALL, function, "a function in it calls " WR_FMT, WR_ARG(shown));
        return;
    }
    static const char *const how[] = { "a call or formula that is kept in it calls ", "", "an active binding calls ",
                                       "a promise calls ", "" };
    j->called = wr_arena_dup(j->x->l->arena, function);
    wr_exam_find(j->x, j->p, at, WR_RULE_R_DANGEROUS_CALL, wr_arena_printf(j->x->l->arena, "%s" WR_FMT, how[j->code], WR_ARG(shown)),
                 "%s" WR_FMT, how[j->code], WR_ARG(shown));
}

void r_judge_symbol(r_judge *j, wr_slice name, uint64_t at)
{
    if (j->symbols)
        r_judge_call(j, name, at);
}

void r_judge_promise(r_judge *j, uint64_t at)
{
    wr_exam_find(j->x, j->p, at, WR_RULE_R_PROMISE, (wr_slice){ 0 },
                 "a promise that has no value yet stands outside of any environment%s" WR_FMT,
                 j->called.len > 0 ? "; it calls " : "", WR_ARG(wr_exam_shown(j->x, j->called, 60)));
}

void r_judge_package(r_judge *j, wr_slice name, uint64_t at)
{
    static const char front[] = "package:";
    if (wr_slice_starts(name, front))
        name = wr_slice_from(name, sizeof front - 1);
    wr_exam_add(j->x, j->p, at, "packages", name, "packages that loading it loads");
}

void r_judge_altrep(r_judge *j, wr_slice class_name, wr_slice package, uint64_t at)
{
    if (wr_slice_starts(class_name, "mmap_"))
        wr_exam_find(j->x, j->p, at, WR_RULE_R_MAPS_FILE, class_name, "a value is a " WR_FMT, WR_ARG(wr_exam_shown(j->x, class_name, 60)));
    else if (!IN(class_name, own_altrep))
        r_judge_package(j, package, at);
}

void r_judge_top(r_judge *j, wr_slice name, bool function, uint64_t at)
{
    wr_exam_add(j->x, j->p, at, "objects", name, "objects in it");
    if (!function)
        return;
    if (wr_slice_is(name, ".First") || wr_slice_is(name, ".Last") || wr_slice_is(name, ".First.sys"))
        wr_exam_find(j->x, j->p, at, WR_RULE_R_STARTUP_FUNCTION, name, "it holds the function " WR_FMT, WR_ARG(name));
    else if (IN(name, masked))
        wr_exam_find(j->x, j->p, at, WR_RULE_R_MASKS_FUNCTION, name, "it holds a function named " WR_FMT, WR_ARG(name));
}
