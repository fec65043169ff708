/* guesses.c - models of which only the id says who might serve them. While files are read they are noted; once all are
 * read, the maker counts as provider only where something else in the tree speaks to it: its address, its setting, its
 * library, a client. Otherwise the provider is unknown. */
#include "guesses.h"

#define TOPICS 64u
#define FIELDS 5

static const char *topic(wr_look *l, unsigned n)
{
    return wr_how(l, "guesses:%u", n);
}

void wr_guess_model(wr_look *l, const wr_guess *g, unsigned number, wr_place place)
{
    unsigned sum = 0;
    for (size_t i = 0; i < place.path.len; i++)
        sum = sum * 31 + (uint8_t)place.path.at[i];
    const wr_slice value = wr_arena_printf(l->arena, WR_FMT "\n" WR_FMT "\n" WR_FMT "\n%d\n%s", WR_ARG(g->id), WR_ARG(g->provider),
                                           WR_ARG(g->publisher),
                                           g->pinned, g->how);
    wr_estate_set_text(l->estate, wr_note(l, topic(l, sum % TOPICS)), wr_how(l, WR_FMT "\t%u", WR_ARG(place.path), number), value, place,
                       "");
}

static void settle(wr_look *l, wr_slice value, wr_place place)
{
    wr_slice field[FIELDS] = { { 0 } };
    for (int i = 0; i < FIELDS - 1; i++)
        if (!wr_slice_split(&value, '\n', &field[i]))
            return;
    field[FIELDS - 1] = value;
    const wr_slice id = field[0], publisher = field[2];
    wr_slice provider = field[1];
    const bool spoken_to = provider.len > 0 &&
                           wr_estate_find(l->estate, wr_arena_printf(l->arena, "provider:" WR_FMT, WR_ARG(provider))) != NULL;
    if (!spoken_to)
        provider = (wr_slice){ 0 };
    wr_asset *model = wr_see_hosted(l, provider, id, wr_slice_is(field[3], "1"), place, wr_how(l, WR_FMT, WR_ARG(field[4])));
    if (publisher.len > 0 && !wr_slice_eq(provider, publisher))
        wr_estate_set_text(l->estate, model, "publisher", publisher, place, "the id is one of this maker's; who serves it is its provider");
}

typedef struct { wr_slice value; wr_place place; } noted;

void wr_guesses_settle(wr_look *l)
{
    /* all are judged by what was there before any of them */
    for (unsigned i = 0; i < TOPICS; i++) {
        const wr_asset *note = wr_note_find(l, topic(l, i));
        size_t count = 0, n = 0;
        for (const wr_property *p = note != NULL ? note->properties : NULL; p != NULL; p = p->next)
            count++;
        noted *all = wr_arena_array(l->arena, noted, count + 1);
        for (const wr_property *p = note != NULL && all != NULL ? note->properties : NULL; p != NULL && n < count; p = p->next)
            all[n++] = (noted){ wr_arena_dup(l->arena, wr_string(p->value)),
                { wr_arena_dup(l->arena, p->place.path), p->place.kind, p->place.at } };
        if (note != NULL)
            wr_estate_drop(l->estate, wr_arena_dup(l->arena, note->id));
        for (size_t k = 0; k < n; k++)
            settle(l, all[k].value, all[k].place);
    }
    wr_estate_seal(l->estate);
}
