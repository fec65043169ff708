/* jinja_words.c - the tables. */
#include "jinja_words.h"

#include <warrant/text.h>

typedef struct {
    const char *name, *words;
} row;

static const char *find(const row *rows, size_t count, wr_slice name)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_is(name, rows[i].name))
            return rows[i].words;
    return NULL;
}
#define FIND(rows, name) find((rows), sizeof(rows) / sizeof(rows)[0], (name))

static bool listed(const char *const *names, wr_slice name)
{
    for (; *names != NULL; names++)
        if (wr_slice_is(name, *names))
            return true;
    return false;
}

/* ---- attributes ---- */

#define A_FRAME "a frame of the running program, and from there its variables"
#define A_CODE "the code of a function"
#define A_GLOBALS "the global names of a function, from which os and the built-in functions are reached"
#define A_BUILTINS "Python's built-in functions, eval and open among them"
#define A_BASES "the base classes of a value, and from there every class"
#define A_INSIDE "the insides of a Python object"

static const row dunders[] = {
    { "__class__", "the class of a value, the first step to every class of the program" },
    { "__mro__", A_BASES }, { "__base__", A_BASES }, { "__bases__", A_BASES },
    { "__subclasses__", "every class of the running program" },
    { "__globals__", A_GLOBALS }, { "__builtins__", A_BUILTINS },
    { "__init__", "a constructor, a Python function that has global names" },
    { "__import__", "the function that imports any module" },
    { "__dict__", A_INSIDE }, { "__getattribute__", A_INSIDE }, { "__getattr__", A_INSIDE }, { "__getitem__", A_INSIDE },
    { "__code__", A_CODE }, { "__func__", A_INSIDE }, { "__self__", A_INSIDE }, { "__module__", A_INSIDE },
    { "__loader__", "the loader of a module, which loads others" }, { "__spec__", "the loader of a module, which loads others" },
    { "__reduce__", A_INSIDE }, { "__reduce_ex__", A_INSIDE }, { "__call__", A_INSIDE }, { "__closure__", A_INSIDE },
    { "__new__", "a constructor, a Python function that has global names" }, { "__wrapped__", A_INSIDE },
    { "__init_subclass__", A_INSIDE }, { "__class_getitem__", A_INSIDE }, { "__traceback__", A_FRAME }, { "__subclasshook__", A_INSIDE },
    { "__setattr__", A_INSIDE }, { "__delattr__", A_INSIDE }, { "__enter__", A_INSIDE }, { "__exit__", A_INSIDE },
    { "__del__", A_INSIDE }, { "__defaults__", A_INSIDE }, { "__kwdefaults__", A_INSIDE }, { "__qualname__", A_INSIDE },
    { "__repr__", A_INSIDE }, { "__str__", A_INSIDE }, { "__format__", A_INSIDE }, { "__dir__", A_INSIDE }, { "__doc__", A_INSIDE },
    { "__file__", A_INSIDE }, { "__path__", A_INSIDE }, { "__annotations__", A_INSIDE }, { "__weakref__", A_INSIDE },
    { "__add__", A_INSIDE }, { "__eq__", A_INSIDE }, { "__hash__", A_INSIDE }, { "__iter__", A_INSIDE }, { "__len__", A_INSIDE },
};
static const row frames[] = {
    { "func_globals", A_GLOBALS }, { "f_globals", A_GLOBALS }, { "f_builtins", A_BUILTINS }, { "f_locals", A_FRAME }, { "f_back", A_FRAME },
    { "f_code", A_CODE }, { "gi_frame", A_FRAME }, { "cr_frame", A_FRAME }, { "ag_frame", A_FRAME }, { "tb_frame", A_FRAME },
    { "gi_code", A_CODE }, { "cr_code", A_CODE }, { "ag_code", A_CODE }, { "func_code", A_CODE }, { "co_code", A_CODE },
    { "gi_yieldfrom", A_FRAME }, { "cr_await", A_FRAME }, { "im_func", A_INSIDE }, { "im_class", A_INSIDE }, { "co_consts", A_CODE },
    { "func_closure", A_INSIDE }, { "func_defaults", A_INSIDE },
    { "_TemplateReference__context", "the context in which the template is rendered" }, { "_load_form_data", A_INSIDE },
    { "_get_data_for_json", A_INSIDE },
};

const char *jinja_attribute_words(wr_slice name, bool key, bool called)
{
    const char *words = FIND(dunders, name);
    if (words == NULL)
        words = FIND(frames, name);
    if (words == NULL && called && (wr_slice_is(name, "mro") || wr_slice_is(name, "subclasses")))
        words = A_BASES;
    if (words == NULL && !key && name.len > 4 && wr_slice_starts(name, "__") && wr_slice_ends(name, "__"))
        words = A_INSIDE;
    return words;
}

static const row methods[] = {
    { "popen", "runs a program" }, { "system", "runs a command of the shell" }, { "Popen", "runs a program" },
    { "check_output", "runs a program" }, { "check_call", "runs a program" }, { "getoutput", "runs a command of the shell" },
    { "getstatusoutput", "runs a command of the shell" }, { "execve", "runs a program" }, { "execv", "runs a program" },
    { "execl", "runs a program" }, { "execvp", "runs a program" }, { "spawnl", "runs a program" }, { "spawnv", "runs a program" },
    { "posix_spawn", "runs a program" }, { "eval", "runs Python code" }, { "exec", "runs Python code" }, { "execfile", "runs Python code" },
    { "import_module", "imports any module" }, { "load_module", "imports any module" }, { "exec_module", "imports any module" },
    { "import_string", "imports any module" }, { "find_spec", "imports any module" }, { "from_pyfile", "runs Python code" },
    { "urlopen", "opens an address" }, { "urlretrieve", "fetches a file" },
};

const char *jinja_method_words(wr_slice name) { return FIND(methods, name); }

static const row functions[] = {
    { "eval", "runs Python code" }, { "exec", "runs Python code" }, { "execfile", "runs Python code" },
    { "compile", "compiles Python code" }, { "open", "opens a file" }, { "__import__", "imports any module" },
    { "getattr", "fetches an attribute by a computed name" }, { "setattr", "changes an object" }, { "globals", "lists the global names" },
    { "locals", "lists the local names" }, { "vars", "lists the names of an object" }, { "popen", "runs a program" },
    { "system", "runs a command of the shell" }, { "breakpoint", "starts the debugger" }, { "import_module", "imports any module" },
    { "urlopen", "opens an address" },
};

const char *jinja_function_words(wr_slice name) { return FIND(functions, name); }

bool jinja_module(wr_slice name)
{
    static const char *const modules[] = { "os", "sys", "subprocess", "importlib", "builtins", "socket", "shutil", "ctypes", "pty",
        "pickle", "marshal",
                                           "commands", "platform", "pathlib", "urllib", "requests", "codecs", "base64", "inspect", "gc", NULL };
    return listed(modules, name);
}

bool jinja_module_part(wr_slice module, wr_slice part)
{
    static const char *const parts[] = {
        "environ", "getenv", "getenvb", "environb", "putenv", "listdir", "scandir", "walk", "remove", "unlink", "rename", "open", "read",
        "path", "kill", "fork",
        "modules", "meta_path", "run", "call", "socket", "create_connection", "CDLL", "cdll", "spawn", "loads", "load", "rmtree", "copy",
        "move", "getcwd", "chmod", "Path", "request", "get", "post", "b64decode", "decode", "uname", "getuid", "getlogin", "currentframe",
        "get_objects", NULL,
    };
    /* a variable may be called path or platform: those two count only with what nobody else has */
    return module.len > 0 && (listed(parts, part) || jinja_method_words(part) != NULL);
}

bool jinja_gadget(wr_slice name)
{
    static const char *const gadgets[] = { "lipsum", "cycler", "joiner", "namespace", "self", "range", "dict", "url_for",
        "get_flashed_messages",
                                           "request", "config", "session", "application", "current_app", NULL };
    return listed(gadgets, name);
}

/* SECRET_KEY, SQLALCHEMY_DATABASE_URI: how Flask names its settings. */
static bool setting(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(s.at[i] >= 'A' && s.at[i] <= 'Z') && s.at[i] != '_')
            return false;
    return s.len > 2;
}

const char *jinja_foreign_words(wr_slice name, wr_slice part)
{
    static const char *const request[] = { "application", "environ", "args", "form", "values", "cookies", "headers", "files", "json",
        "data",
                                           "url", "host", "path", "method", "remote_addr", "endpoint", "get_json", "__class__", NULL };
    static const char *const config[] = { "items", "iteritems", "from_object", "from_pyfile", "from_envvar", "from_mapping", "root_path",
        NULL };
    if (wr_slice_is(name, "url_for") || wr_slice_is(name, "get_flashed_messages"))
        return "a function of the web framework Flask";
    if (wr_slice_is(name, "current_app"))
        return "the running web application";
    if (wr_slice_is(name, "request") && listed(request, part))
        return "the request of a web application";
    if (wr_slice_is(name, "config") && (listed(config, part) || setting(part)))
        return "the settings of a web application, its secret key among them";
    if (wr_slice_is(name, "settings") && wr_slice_is(part, "SECRET_KEY"))
        return "the settings of a web application, its secret key among them";
    return NULL;
}

/* ---- phrases ---- */

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool same_letter(char c, char lower) { return c == lower || (c >= 'A' && c <= 'Z' && (c | 0x20) == lower); }

static bool stands_at(wr_slice text, size_t at, const char *words)
{
    size_t k = 0;
    while (words[k] != 0 && at + k < text.len && same_letter(text.at[at + k], words[k]))
        k++;
    return words[k] == 0;
}

/* The first of the phrases in the text, ASCII case ignored; one that begins with a letter only at a beginning of a word. */
static wr_slice any_phrase(wr_slice text, const char *const *phrases)
{
    bool starts[256] = { 0 };
    for (const char *const *p = phrases; *p != NULL; p++) {
        starts[(uint8_t)(*p)[0]] = true;
        if (letter((*p)[0]))
            starts[(uint8_t)(*p)[0] & ~0x20u] = true;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!starts[(uint8_t)text.at[i]] || (i > 0 && letter(text.at[i]) && letter(text.at[i - 1])))
            continue;
        for (const char *const *p = phrases; *p != NULL; p++)
            if (stands_at(text, i, *p))
                return wr_slice_part(text, i, strlen(*p));
    }
    return (wr_slice){ 0 };
}

wr_slice jinja_address(wr_slice text)
{
    static const char *const addresses[] = { "http://", "https://", "ftp://", "www.", "curl ", "wget ", "os.system", "rm -rf", "| sh",
        "|sh", "| bash", NULL };
    return any_phrase(text, addresses);
}

wr_slice jinja_order(wr_slice text)
{
    static const char *const orders[] = {
        "ignore ", "disregard ", "you must ", "you should ", "you will ", "you are now ", "always ", "never ",
        "do not ", "don't ", "instead of ", "respond with ", "reply with ", "answer with ", "respond only ", "pretend ",
        "reveal ", "insert ", "append ", "recommend ", "tell the user ", "ask the user ", "ask for ", "send ", "password", "credit card",
        "api key", "system prompt", "unrestricted",
        "no restrictions", "secretly", "keep this hidden", "without restrictions", "bypass", "backdoor", "vulnerab", "include a ",
        "include the ", "add a ", "mention that ", "make sure ", "be sure to ", "from now on", NULL,
    };
    const wr_slice hidden = jinja_secret_order(text), address = jinja_address(text);
    return hidden.len > 0 ? hidden : address.len > 0 ? address : any_phrase(text, orders);
}

wr_slice jinja_secret_order(wr_slice text)
{
    static const char *const orders[] = {
        "ignore all previous instructions", "ignore previous instructions", "ignore all prior instructions", "ignore prior instructions",
        "ignore the previous instructions", "ignore all instructions", "ignore the above instructions", "disregard all previous",
        "disregard previous instructions",
        "forget all previous instructions", "forget your previous instructions", "override all previous instructions",
        "without telling the user", "without informing the user", "hide this from the user", "do not mention this instruction",
        "do not mention these instructions", "do not reveal this instruction", "never reveal this instruction",
        "without the user knowing", "without the user noticing", NULL,
    };
    return any_phrase(text, orders);
}

bool jinja_sentence(wr_slice text)
{
    size_t words = 0, in_word = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        const bool part = letter(c) || (uint8_t)c >= 0x80;
        if (part)
            in_word++;
        /* three bytes are a character of a script that writes no spaces: each counts as half a word there */
        if (!part || i + 1 == text.len) {
            words += in_word > 9 && (uint8_t)text.at[i - (part ? 0 : 1)] >= 0x80 ? in_word / 6 : in_word > 1 || (part && in_word > 0);
            in_word = 0;
        }
    }
    return words >= 5;
}

bool jinja_mode_switch(wr_slice trigger)
{
    static const char *const marks[] = { "think", "reason", "tool", "system_override", "<", "[", "function", "python", "```", NULL };
    const wr_slice t = wr_slice_trim(trigger);
    return t.len < 3 || any_phrase(t, marks).len > 0;
}
