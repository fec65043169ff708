#include "pickle_stack.h"

#define PAGES (WR_PICKLE_MEMO_MOST / WR_PICKLE_MEMO_PAGE)

bool wr_pickle_stack_open(wr_pickle_stack *s)
{
    *s = (wr_pickle_stack){ .slot_cap = 256, .mark_cap = 64 };
    wr_pval *bottom = wr_alloc((s->slot_cap + 1) * sizeof(wr_pval));
    if (bottom != NULL) {
        *bottom = WR_PVAL(V_MARK, 0);
        s->slots = bottom + 1;
    }
    s->marks = wr_alloc(s->mark_cap * sizeof(uint32_t));
    s->pages = wr_alloc(PAGES * sizeof(wr_pval *));
    s->details = wr_alloc(WR_PICKLE_DETAILS * sizeof(wr_pickle_detail));
    if (s->slots != NULL && s->marks != NULL && s->pages != NULL && s->details != NULL)
        return true;
    wr_pickle_stack_close(s);
    return false;
}

static void memo_free(wr_pickle_stack *s)
{
    for (size_t i = 0; s->pages != NULL && i < PAGES && s->memo_count > 0; i++) {
        wr_free(s->pages[i]);
        s->pages[i] = NULL;
    }
    wr_free(s->far);
    s->far = NULL;
    s->far_count = s->far_cap = 0;
    s->far_moved = 0;
    s->memo_count = 0;
}

void wr_pickle_stack_close(wr_pickle_stack *s)
{
    memo_free(s);
    wr_free(s->slots != NULL ? s->slots - 1 : NULL);
    wr_free(s->marks);
    wr_free(s->pages);
    wr_free(s->details);
    wr_free(s->kept);
    *s = (wr_pickle_stack){ 0 };
}

void wr_pickle_stack_reset(wr_pickle_stack *s)
{
    memo_free(s);
    s->depth = 0;
    s->mark_count = 0;
    s->kept_count = 0;
    s->full = false;
    s->underflow = false;
    s->guarded = false;
}

/* The place of `number`, or where it would go. */
static size_t kept_place(const wr_pickle_stack *s, uint64_t number)
{
    size_t low = 0, high = s->kept_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->kept[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

wr_pickle_detail *wr_pdetail_kept(const wr_pickle_stack *s, uint64_t number)
{
    const size_t i = kept_place(s, number);
    return i < s->kept_count && s->kept[i].number == number ? &s->kept[i] : NULL;
}

static bool kept_room(wr_pickle_stack *s)
{
    if (s->kept_count < s->kept_cap)
        return true;
    const size_t cap = s->kept_cap == 0 ? 64 : s->kept_cap * 2;
    wr_pickle_detail *kept = cap <= WR_PICKLE_KEPT_MOST ? wr_realloc(s->kept, cap * sizeof *kept) : NULL;
    if (kept == NULL)
        return false; /* forgotten like all others: the file is then incomplete */
    s->kept = kept;
    s->kept_cap = cap;
    return true;
}

void wr_pdetail_keep(wr_pickle_stack *s, uint64_t number)
{
    const wr_pickle_detail *d = &s->details[number % WR_PICKLE_DETAILS];
    if (number == 0 || d->number != number)
        return;
    const size_t i = kept_place(s, number);
    if (i == s->kept_count || s->kept[i].number != number) {
        if (!kept_room(s))
            return;
        memmove(s->kept + i + 1, s->kept + i, (s->kept_count - i) * sizeof *s->kept);
        s->kept_count++;
    }
    s->kept[i] = *d;
}

bool wr_pickle_grow(wr_pickle_stack *s)
{
    const size_t cap = s->slot_cap * 2 > WR_PICKLE_SLOTS_MOST ? WR_PICKLE_SLOTS_MOST : s->slot_cap * 2;
    wr_pval *bottom = cap > s->slot_cap ? wr_realloc(s->slots - 1, (cap + 1) * sizeof *bottom) : NULL;
    if (bottom == NULL) {
        s->full = true;
        return false;
    }
    s->slots = bottom + 1;
    s->slot_cap = cap;
    return true;
}

void wr_pmark(wr_pickle_stack *s)
{
    if (s->mark_count == s->mark_cap) {
        uint32_t *marks = s->mark_cap < WR_PICKLE_MARKS_MOST ? wr_realloc(s->marks, s->mark_cap * 2 * sizeof *marks) : NULL;
        if (marks == NULL) {
            s->full = true;
            return;
        }
        s->marks = marks;
        s->mark_cap *= 2;
    }
    const size_t before = s->depth;
    wr_ppush(s, WR_PVAL(V_MARK, 0));
    if (s->depth > before)
        s->marks[s->mark_count++] = (uint32_t)before;
}

void wr_pcollect(wr_pickle_stack *s, wr_pval ret[WR_PICKLE_DETAIL_ITEMS], uint64_t *ret_count)
{
    uint64_t count = 0;
    if (s->mark_count == 0) {
        s->underflow = true;
        *ret_count = 0;
        return;
    }
    const size_t mark = s->marks[--s->mark_count];
    for (size_t i = mark + 1; i < s->depth; i++) {
        const bool run = wr_pkind_of(s->slots[i]) == V_OPAQUE;
        const uint64_t times = run ? wr_payload_of(s->slots[i]) : 1;
        for (uint64_t k = 0; ret != NULL && k < times && count + k < WR_PICKLE_DETAIL_ITEMS; k++)
            ret[count + k] = run ? WR_PVAL(V_OPAQUE, 1) : s->slots[i];
        count += times;
        s->guarded |= wr_pkind_of(s->slots[i]) == V_GUARDED;
    }
    s->depth = mark;
    *ret_count = count;
}

/* ---- the memo ---- */

/* Where the key stands or would stand. Keys grow by themselves, and the last are asked for most. */
static size_t far_place(const wr_pickle_stack *s, uint64_t key)
{
    size_t low = 0, high = s->far_count;
    if (high == 0 || key > s->far[high - 1].key)
        return high;
    for (size_t back = 64; back < s->far_count; back *= 8) {
        if (s->far[s->far_count - back].key <= key) {
            low = s->far_count - back;
            break;
        }
        high = s->far_count - back;
    }
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->far[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool far_grow(wr_pickle_stack *s)
{
    const size_t cap = s->far_cap == 0 ? 1024 : s->far_cap * 2;
    wr_memo_far *far = cap <= WR_PICKLE_MEMO_FAR_MOST ? wr_realloc(s->far, cap * sizeof *far) : NULL;
    if (far == NULL)
        return false;
    s->far = far;
    s->far_cap = cap;
    return true;
}

static void far_put(wr_pickle_stack *s, uint64_t key, wr_pval v, bool matters)
{
    const size_t at = far_place(s, key), behind = s->far_count - at;
    if (behind > 0 && s->far[at].key == key) {
        s->far[at].value = matters ? v : WR_PVAL(V_UNKNOWN, 0);
        return;
    }
    s->memo_count++;
    const size_t most = wr_pkind_of(v) == V_STR ? WR_PICKLE_MEMO_TEXTS_MOST : WR_PICKLE_MEMO_FAR_MOST;
    if (!matters || s->far_count >= most || s->far_moved + behind > WR_PICKLE_MEMO_MOVED_MOST ||
        (s->far_count == s->far_cap && !far_grow(s)))
        return;
    s->far_moved += behind;
    memmove(&s->far[at + 1], &s->far[at], behind * sizeof *s->far);
    s->far[at] = (wr_memo_far){ key, v };
    s->far_count++;
}

void wr_pmemo_put(wr_pickle_stack *s, uint64_t key, wr_pval v, bool matters)
{
    if (key >= WR_PICKLE_MEMO_MOST) {
        far_put(s, key, v, matters);
        return;
    }
    wr_pval **page = &s->pages[key / WR_PICKLE_MEMO_PAGE];
    if (*page == NULL) {
        *page = wr_alloc(WR_PICKLE_MEMO_PAGE * sizeof(wr_pval));
        if (*page == NULL) {
            s->full = true;
            return;
        }
    }
    wr_pval *place = &(*page)[key % WR_PICKLE_MEMO_PAGE];
    s->memo_count += *place == 0;
    *place = v;
}

wr_pval wr_pmemo_get(const wr_pickle_stack *s, uint64_t key, bool *ret_forgotten)
{
    *ret_forgotten = false;
    if (key < WR_PICKLE_MEMO_MOST) {
        const wr_pval *page = s->pages[key / WR_PICKLE_MEMO_PAGE];
        return page != NULL ? page[key % WR_PICKLE_MEMO_PAGE] : 0;
    }
    const size_t at = far_place(s, key);
    if (at < s->far_count && s->far[at].key == key)
        return s->far[at].value;
    *ret_forgotten = true;
    return 0;
}
