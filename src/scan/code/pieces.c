#include "scan/code/pieces.h"

#include <string.h>

#include <warrant/grow.h>
#include <warrant/text.h>

#include "scan/left_out.h"

/* What may stand in a piece that is worth a tree, beside a model's id: a prompt, a tool, an import. */
static const char *const cues[] = { "\"system\"", "You are ", "You're a", "Your task", "Your job", "Act as a", "ystemPrompt", "_PROMPT", "ystemInstruction",
    "nstructions", "inputSchema", NULL };
static const char *const imports[] = { "require(", "from \"", "from '", "import \"", "import '", NULL };

/* The same for a minified file, of which a browser gets hundreds: what a page says to people is not enough. */
static const char *const speaking[] = { "role:\"system\"", "role: \"system\"", "You are a", "Your task is", "ystemPrompt:", "_PROMPT", "inputSchema:", NULL };

#define IMPORT_MOST ((size_t)2 << 10)   /* longer than that is a module, and asks for many */
#define PIECE_MOST ((size_t)256 << 10)  /* a whole library that somebody else wrote; it would leave no room for the rest */

typedef struct {
    wr_lexer lexer;
    const wr_hit *hits;
    size_t hit_count, next_hit;
} cutting;

/* A statement of the file itself begins in the first column, and outside of texts and comments. */
static bool begins(cutting *c, size_t at)
{
    const char first = c->lexer.text.at[at];
    return !wr_is_space(first) && strchr("})];,.`*+-|&?:", first) == NULL && wr_lexer_to(&c->lexer, at) == WR_IN_CODE;
}

static bool worth_it(cutting *c, size_t from, size_t to)
{
    bool model = false;
    while (c->next_hit < c->hit_count && c->hits[c->next_hit].at < to) {
        const wr_hit *h = &c->hits[c->next_hit++];
        model |= h->at >= from && (h->kind == WR_HIT_MODEL || h->kind == WR_HIT_HOST);
    }
    const wr_slice piece = wr_slice_part(c->lexer.text, from, to - from);
    return piece.len <= PIECE_MOST && (model || wr_has_literal(piece, cues) || (piece.len <= IMPORT_MOST && wr_has_literal(piece, imports)));
}

static bool keep(code_pieces *p, wr_arena *a, size_t from, size_t to)
{
    if (!wr_grow_in(a, &p->at, p->count, &p->room, 64, sizeof *p->at))
        return false;
    p->at[p->count++] = (code_piece){ (uint32_t)from, (uint32_t)to };
    return true;
}

bool code_is_worth_it(wr_slice text, const wr_hit *hits, size_t hit_count)
{
    for (size_t i = 0; i < hit_count; i++)
        if (hits[i].kind == WR_HIT_MODEL || hits[i].kind == WR_HIT_HOST)
            return true;
    return wr_has_literal(text, speaking);
}

bool code_cut(wr_lexer lexer, const wr_hit *hits, size_t hit_count, wr_arena *a, code_pieces *ret)
{
    const wr_slice text = lexer.text;
    cutting c = { .lexer = lexer, .hits = hits, .hit_count = hit_count };
    size_t kept = 0;
    wr_slice rest = text, line;
    *ret = (code_pieces){ 0 };
    for (size_t from = 0, at = 0; at < text.len; from = at) {
        bool written = false; /* a line in it that a program wrote: no code to judge */
        while (wr_slice_line(&rest, &line)) {
            written |= line.len > CODE_LINE_MOST && wr_len_without_pictures(line) > CODE_LINE_MOST;
            at = text.len - rest.len;
            if (at < text.len && begins(&c, at))
                break;
        }
        at = text.len - rest.len;
        if (!worth_it(&c, from, at) || written || at - from > CODE_BYTES_MOST - kept)
            continue;
        kept += at - from;
        if (!keep(ret, a, from, at))
            return false;
    }
    return ret->count > 0;
}
