#include "binding.h"
#include "words.h"

#define BACK_MOST 200u
#define AHEAD_MOST 40u

/* A part of a name that says "this holds a model". */
static const char *const model_parts[] = { "model", "modelname", "modelid", "llm", "engine", "deployment", "deploymentname", "embedding",
    "embeddings", "embedder", "chatmodel", "checkpoint", NULL };
/* ... unless another part says that it is about models in general. */
static const char *const other_parts[] = { "models", "list", "supported", "available", "allowed", "valid", "known", "type", "types",
    "family", "prefix", "alias", "aliases", "options", "display", "description", "placeholder", "label", "title", "doc", "docs", "hint",
    "example", "deprecated", "mapping", "map", "price", "pricing", "cost", "costs", "tokens", "token", "encoding", "tokenizer", "limits",
    "limit", "message", "error",
    NULL };
/* Functions and constructors whose first text is a model. */
static const char *const model_calls[] = { "generativemodel", "getgenerativemodel", "init_chat_model", "initchatmodel", "from_pretrained",
    "frompretrained", "sentencetransformer", "crossencoder", "llm", "openai", "anthropic", "google", "mistral", "cohere", "groq",
    "bedrock", "azure", "vertex", "xai", "deepseek", "togetherai", "fireworks", "perplexity", "ollama", "languagemodel", "chatmodel",
    "textembeddingmodel", "embedding", "chat", "withmodel", "setmodel", "with_model", "modelname", "model", "hf_hub_download",
    "snapshot_download", "chatopenai", "chatanthropic", "chatgooglegenerativeai", "chatmistralai", "chatcohere", "chatgroq", "chatbedrock", "chatollama", "openaiembeddings", NULL };
/* A setting that is read with a default: getenv("CHAT_MODEL", "gpt-4o"). The name of the setting decides. */
static const char *const readers[] = { "getenv", "get", "env", "environ", "process", "os", "config", "settings", "getorelse", "lookup",
    "field", "str", "string", "default", NULL };

static bool ident_char(char c)
{
    return wr_is_alnum(c) || c == '_' || c == '$';
}

/* Splits model_name, modelName, MODEL-NAME. */
static bool names_a_model(wr_slice name)
{
    bool yes = wr_word_in(model_parts, name);
    size_t from = 0;
    for (size_t i = 0; i <= name.len; i++) {
        const bool upper = i > from && i < name.len && name.at[i] >= 'A' && name.at[i] <= 'Z';
        const bool after_upper = upper && name.at[i - 1] >= 'A' && name.at[i - 1] <= 'Z';
        /* openAI|Model */
        const bool hump = upper && (!after_upper || (i + 1 < name.len && name.at[i + 1] >= 'a' && name.at[i + 1] <= 'z'));
        if (i < name.len && wr_is_alnum(name.at[i]) && !hump)
            continue;
        const wr_slice part = wr_slice_part(name, from, i - from);
        from = hump ? i : i + 1;
        if (wr_word_in(other_parts, part))
            return false;
        yes |= wr_word_in(model_parts, part);
    }
    return yes;
}

bool wr_names_a_model(wr_slice name)
{
    return names_a_model(name);
}

/* {name: MODEL, value: gpt-4o}: what "value" or "default" belongs to is named nearby, in the lines before. */
#define NAMED_NEARBY 600u
static const char *const anonymous[] = { "value", "default", "defaultvalue", "default_value", NULL };

typedef struct { wr_slice text; size_t at; } back; /* reads towards the start of the line */

static char last(const back *b)
{
    return b->at > 0 ? b->text.at[b->at - 1] : '\0';
}

static void skip_blank(back *b)
{
    while (b->at > 0 && (last(b) == ' ' || last(b) == '\t' || last(b) == '\n' || last(b) == '\r'))
        b->at--;
}

/* A value on the line after its opening parenthesis belongs to the line before. */
static size_t start_of(wr_slice text, size_t at, size_t from)
{
    size_t start = at;
    while (start > from && text.at[start - 1] != '\n')
        start--;
    for (size_t i = start; i < at; i++)
        if (text.at[i] != ' ' && text.at[i] != '\t' && text.at[i] != '"' && text.at[i] != '\'' && text.at[i] != '`')
            return start;
    if (start < from + 2 || (text.at[start - 2] != '(' && text.at[start - 2] != '='))
        return start;
    start--;
    while (start > from && text.at[start - 1] != '\n')
        start--;
    return start;
}

/* Quotes, escaped quotes of a notebook, and the prefix letter of a string are no matter. */
static void skip_quote(back *b)
{
    while (b->at > 0 && (last(b) == '"' || last(b) == '\'' || last(b) == '`' || last(b) == '\\'))
        b->at--;
}

static wr_slice word_before(back *b)
{
    const size_t end = b->at;
    while (b->at > 0 && (ident_char(last(b)) || last(b) == '-'))
        b->at--;
    return wr_slice_part(b->text, b->at, end - b->at);
}

static bool known_reader_before(back *b)
{
    skip_blank(b);
    const wr_slice w = word_before(b);
    return wr_word_in(readers, w);
}

/* What may follow: the end of the value, not another alternative of a type or a list. */
static bool ends_well(wr_slice text, size_t end)
{
    const char c = end < text.len ? text.at[end] : '\n';
    if (ident_char(c) || c == '/' || c == '*' || c == ' ')
        /* an unquoted value (YAML, .env) may be followed by a comment */
        return c == ' ' && end + 1 < text.len &&
               (text.at[end + 1] == '#' || text.at[end + 1] == '\\' || text.at[end + 1] == '-' || text.at[end + 1] == '&');
    wr_slice rest = wr_slice_part(text, end, AHEAD_MOST);
    size_t i = 0;
    while (i < rest.len && (rest.at[i] == '"' || rest.at[i] == '\'' || rest.at[i] == '`' || rest.at[i] == '\\' || rest.at[i] == ' '))
        i++;
    if (i + 1 < rest.len && rest.at[i] == '|' && rest.at[i + 1] != '|')
        return false; /* a union of types */
    return !(i < rest.len && rest.at[i] == ':' && i > 0 && rest.at[i - 1] != ' '); /* "gpt-4": 8192 is a key of a table */
}

/* What stands between the name and the value. */
typedef enum { NO_LINK, ASSIGNED, OR_ELSE, LISTED, CALLED } link_kind;

static bool or_before(const back *b)
{
    return b->at > 4 && memcmp(b->text.at + b->at - 2, "or", 2) == 0 && (b->text.at[b->at - 3] == ' ' || b->text.at[b->at - 3] == ')');
}

static link_kind link_before(back *b)
{
    skip_blank(b);
    const char c = last(b);
    const char before = b->at > 1 ? b->text.at[b->at - 2] : '\0';
    if (or_before(b)) { /* Python: os.getenv("CHAT_MODEL") or "gpt-4o" */
        b->at -= 2;
        return OR_ELSE;
    }
    switch (c) {
    case ':':
        b->at--;
        return before == '?' ? NO_LINK : ASSIGNED;
    case '=':
        if (before == '=' || before == '!' || before == '<' || before == '>' || before == '~')
            return NO_LINK; /* a comparison */
        b->at--;
        if (last(b) == ':')
            b->at--; /* := */
        return ASSIGNED;
    case '(':
        b->at--;
        return CALLED;
    case ',':
        b->at--;
        return LISTED;
    case '|':
    case '?':
        if (before != c)
            return NO_LINK;
        b->at -= 2;
        return OR_ELSE;
    default:
        return NO_LINK; /* a blank links only after a flag: --model gpt-4o */
    }
}

static bool flag_before(back *b, wr_slice *ret_word)
{
    skip_blank(b);
    skip_quote(b);
    /* a list of arguments: "--model", "gpt-4o" */
    if (last(b) == ',') {
        b->at--;
        skip_blank(b);
        skip_quote(b);
    }
    const wr_slice w = word_before(b);
    *ret_word = w;
    if (!wr_slice_starts(w, "--"))
        return false;
    return names_a_model(wr_slice_from(w, 2));
}

/* model = read("X") or "gpt-4o": the setting that is read, else the name that is given a value, must speak of a model. */
static bool or_else_of_call(back b, wr_slice *ret_word)
{
    if (last(&b) != ')')
        return false;
    b.at--;
    skip_quote(&b);
    *ret_word = word_before(&b);
    if (names_a_model(*ret_word))
        return true;
    while (b.at > 0 && last(&b) != '=' && last(&b) != '\n')
        b.at--;
    if (last(&b) != '=')
        return false;
    b.at--;
    skip_blank(&b);
    *ret_word = word_before(&b);
    return names_a_model(*ret_word);
}

/* model: Optional[str] = "gpt-4o", MODEL: &'static str = "gpt-4o": the name before the type is what counts. */
static void typed_name(back b, wr_slice *ret_word)
{
    while (b.at > 0 && (ident_char(last(&b)) || strchr("&'[]<>.| \t", last(&b)) != NULL))
        b.at--;
    if (last(&b) != ':')
        return;
    b.at--;
    skip_blank(&b);
    *ret_word = word_before(&b);
}

/* "Model": Choice(type="list", value="gpt-4o"), get("Model", {"value": "gpt-4o"}): the bracket around it belongs to a name. */
static bool around_is_model(wr_slice text, size_t at)
{
    int depth = 0;
    size_t i = at;
    for (; i > 0 && at - i < NAMED_NEARBY; i--) {
        const char c = text.at[i - 1];
        if (c == ')' || c == '}' || c == ']')
            depth++;
        else if ((c == '(' || c == '{' || c == '[') && depth-- == 0)
            break;
    }
    if (i == 0 || at - i >= NAMED_NEARBY || text.at[i - 1] == '[')
        return false;
    for (i--; i > 0 && ident_char(text.at[i - 1]);) /* what is called */
        i--;
    while (i > 0 && (text.at[i - 1] == ' ' || text.at[i - 1] == '\n' || text.at[i - 1] == '\t'))
        i--;
    if (i == 0 || (text.at[i - 1] != ':' && text.at[i - 1] != '=' && text.at[i - 1] != ','))
        return false;
    back b = { text, i - 1 };
    while (b.at > 0 && strchr("\"' ]", last(&b)) != NULL)
        b.at--;
    const back before = b;
    wr_slice word = word_before(&b);
    if (!names_a_model(word)) /* chat_model: str = Field(default="gpt-4o") */
        typed_name(before, &word);
    return names_a_model(word);
}

static bool nearby_name_is_model(wr_slice text, size_t at)
{
    if (around_is_model(text, at))
        return true;
    const size_t from = at > NAMED_NEARBY ? at - NAMED_NEARBY : 0;
    const wr_slice window = wr_slice_part(text, from, at - from), mark = WR_SLICE("name");
    for (size_t i = window.len; i >= mark.len + 2; i--) {
        const size_t p = i - mark.len;
        if (memcmp(window.at + p, mark.at, mark.len) != 0 || (p > 0 && ident_char(window.at[p - 1])))
            continue;
        wr_slice rest = wr_slice_from(window, i);
        while (rest.len > 0 && (rest.at[0] == '"' || rest.at[0] == '\'' || rest.at[0] == ':' || rest.at[0] == ' ' || rest.at[0] == '='))
            rest = wr_slice_from(rest, 1);
        size_t n = 0;
        while (n < rest.len && (ident_char(rest.at[n]) || rest.at[n] == '-'))
            n++;
        return names_a_model(wr_slice_part(rest, 0, n));
    }
    return false;
}

/* "openai/" of openai/gpt-4o, "openrouter/openai/" of openrouter/openai/gpt-4o, "openai:" of openai:gpt-4o. */
static wr_slice prefix_before(const wr_catalog *c, back *b)
{
    const char mark = last(b);
    back p = *b;
    wr_slice outer = { 0 };
    for (int parts = 0; parts < 3 && (last(&p) == '/' || (parts == 0 && mark == ':')); parts++) {
        p.at--;
        outer = word_before(&p);
        if (outer.len == 0 || mark == ':')
            break;
    }
    if (outer.len == 0 || (last(&p) != '"' && last(&p) != '\'' && last(&p) != '`' && last(&p) != ' ' && last(&p) != '='))
        return (wr_slice){ 0 };
    /* "x:gpt-4o" is a router's way to write it only where x is a router's word; else a key and its value */
    if (mark == ':' && wr_provider_of_prefix(c, outer).len == 0)
        return (wr_slice){ 0 };
    const wr_slice whole = wr_slice_make(outer.at, (size_t)(b->text.at + b->at - 1 - outer.at));
    *b = p;
    return whole;
}

/* models = ["gpt-4o"]: a list of one is what is used. */
static bool only_of_list(wr_slice text, size_t end, back b, wr_slice *ret_word)
{
    while (end < text.len && strchr("\"'` ,\n\t", text.at[end]) != NULL)
        end++;
    if (end >= text.len || text.at[end] != ']')
        return false;
    b.at--;
    skip_blank(&b);
    if (last(&b) != '=' && last(&b) != ':')
        return false;
    b.at--;
    skip_blank(&b);
    skip_quote(&b);
    *ret_word = word_before(&b);
    const char s = ret_word->len > 0 ? ret_word->at[ret_word->len - 1] : '\0';
    return names_a_model(s == 's' || s == 'S' ? wr_slice_part(*ret_word, 0, ret_word->len - 1) : *ret_word);
}

bool wr_model_bound(const wr_catalog *c, wr_slice text, size_t at, size_t len, wr_slice *ret_word, wr_slice *ret_prefix)
{
    *ret_word = *ret_prefix = (wr_slice){ 0 };
    if (at > text.len || len > text.len - at || !ends_well(text, at + len))
        return false;
    const size_t from = at > BACK_MOST ? at - BACK_MOST : 0;
    const size_t start = start_of(text, at, from);
    back b = { wr_slice_part(text, start, at - start), at - start };
    /* a path or a prefix before it belongs to the id as a router writes it: openai/gpt-4o */
    if (last(&b) == '/' || last(&b) == ':')
        *ret_prefix = prefix_before(c, &b);
    if (last(&b) == ':')
        return false; /* a:b without a blank or a quote between is neither JSON nor YAML */
    if (ident_char(last(&b)) || last(&b) == '-' || last(&b) == '.')
        return false; /* the middle of something longer */
    skip_quote(&b);
    if (last(&b) == '[')
        return only_of_list(text, at + len, b, ret_word);
    const back unlinked = b;
    const link_kind kind = link_before(&b);
    if (kind == NO_LINK) {
        back f = unlinked;
        return flag_before(&f, ret_word);
    }
    skip_blank(&b);
    skip_quote(&b);
    if (kind == ASSIGNED && last(&b) == ']') /* os.environ["MODEL"] = */
        b.at--, skip_quote(&b);
    *ret_word = word_before(&b);
    if (kind == ASSIGNED && !names_a_model(*ret_word))
        typed_name(b, ret_word);
    switch (kind) {
    case ASSIGNED:
        if (wr_provider_of_prefix(c, *ret_prefix).len > 0 && wr_slice_is(*ret_word, "id"))
            return true; /* id="openai:gpt-4o" */
        if (wr_word_in(anonymous, *ret_word))
            return nearby_name_is_model(text, at);
        return names_a_model(*ret_word);
    case OR_ELSE:
        return names_a_model(*ret_word) || or_else_of_call(b, ret_word);
    case CALLED:
        return wr_word_in(model_calls, *ret_word);
    case LISTED:
        skip_quote(&b);
        if (names_a_model(*ret_word) && last(&b) == '(') {
            b.at--;
            return known_reader_before(&b); /* getenv("CHAT_MODEL", "gpt-4o") */
        }
        b = unlinked;
        return flag_before(&b, ret_word); /* ["--model", "gpt-4o"] */
    case NO_LINK:
        break;
    }
    return false;
}
