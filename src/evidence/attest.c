/* attest.c - a person's answer as a record, and read back. */
#include <warrant/evidence.h>
#include <warrant/text.h>

#define DAY 86400

static const char *const words[WR_ANSWERS] = { "yes", "partly", "no", "not-sure" };

const char *wr_answer_name(wr_answer_word w)
{
    return (unsigned)w < WR_ANSWERS ? words[w] : "unknown";
}

bool wr_answer_parse(wr_slice s, wr_answer_word *ret)
{
    for (int i = 0; i < WR_ANSWERS; i++) {
        if (wr_slice_is(s, words[i])) {
            *ret = (wr_answer_word)i;
            return true;
        }
    }
    *ret = WR_ANSWER_NOT_SURE;
    return wr_slice_is(s, "not sure");
}

static bool plain_text(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f)
            return false;
    return wr_utf8_valid(s);
}

static wr_status check_words(const wr_attestation *t, wr_error *err)
{
    const wr_slice by = wr_slice_trim(t->by);
    if (by.len == 0) {
        wr_err(err, WR_USAGE, "an answer carries a name, and this one has none");
        return wr_err_todo(err, "say who answers with --by NAME");
    }
    if (by.len > WR_NAME_MOST || !plain_text(by))
        return wr_err(err, WR_USAGE, "a name is UTF-8 text on one line, of at most %d bytes", WR_NAME_MOST);
    if (t->note.len > WR_NOTE_MOST || t->evidence.len > WR_NOTE_MOST || !wr_utf8_valid(t->note) || !wr_utf8_valid(t->evidence))
        return wr_err(err, WR_USAGE, "a note or reference is UTF-8 text of at most %d bytes", WR_NOTE_MOST);
    return WR_OK;
}

static wr_status check_until(const wr_question *q, int64_t until, int64_t now, wr_arena *a, wr_error *err)
{
    const int64_t most = now + q->valid_days * DAY;
    if (until <= now) {
        wr_err(err, WR_USAGE, "the answer would have run out already");
        return wr_err_todo(err, "name a date after today with --until");
    }
    if (until > most) {
        wr_err(err, WR_USAGE, "an answer to " WR_FMT " counts for at most %lld days", WR_ARG(q->id), (long long)q->valid_days);
        return wr_err_todo(err, "name a date no later than " WR_FMT, WR_ARG(wr_slice_part(wr_time_text(a, most), 0, 10)));
    }
    return WR_OK;
}

wr_status wr_attestation_record(const wr_profile *p, const wr_attestation *t, int64_t now, wr_arena *a, wr_record *ret, wr_error *err)
{
    const wr_question *q = wr_profile_question(p, t->question);
    if (q == NULL) {
        wr_err(err, WR_USAGE, "there is no question " WR_FMT, WR_ARG(t->question));
        return wr_err_todo(err, "`warrant evidence ask` lists them");
    }
    wr_answer_word word;
    if (!wr_answer_parse(t->answer, &word)) {
        wr_err(err, WR_USAGE, "`" WR_FMT "` is no answer", WR_ARG(t->answer));
        return wr_err_todo(err, "answer yes, partly, no or not-sure");
    }
    wr_status status = check_words(t, err);
    const int64_t until = t->until != 0 ? t->until : now + q->valid_days * DAY;
    if (status == WR_OK)
        status = check_until(q, until, now, a, err);
    if (status != WR_OK)
        return status;
    wr_value *body = WR_OBJECT_OF(a, WR_TEXT("id", wr_arena_printf(a, "attestation:" WR_FMT ":%lld", WR_ARG(q->id), (long long)now)),
                                     WR_TEXT("question", q->id), WR_TEXT("answer", wr_slice_of(words[word])),
                                     WR_TEXT("by", wr_slice_trim(t->by)));
    wr_value *last = wr_put_int(a, body, "until", until);
    if (t->note.len > 0)
        last = wr_put_string(a, body, "note", t->note);
    if (t->evidence.len > 0)
        last = wr_put_string(a, body, "evidence", t->evidence);
    if (last == NULL)
        return wr_over(err, "an answer");
    *ret = (wr_record){ .type = WR_SLICE("evidence.attested"), .version = 1, .time = now, .subject = q->id, .body = body };
    return WR_OK;
}

/* ---- reading ---- */

typedef struct {
    const wr_profile *profile;
    int64_t now;
    wr_arena *arena;
    wr_answer *by_question; /* one for each question; `question` is empty where there is no answer */
    bool full;
} reading;

static bool read_row(void *ctx, const wr_row *row)
{
    reading *r = ctx;
    const wr_question *q = wr_profile_question(r->profile, wr_row_text(row, "question"));
    if (q == NULL)
        return true; /* asked by an earlier or a later edition */
    const int64_t answered = wr_row_int(row, "answered_at"), most = answered + q->valid_days * DAY;
    int64_t expires = wr_row_null(row, "expires_at") ? most : wr_row_int(row, "expires_at");
    if (expires > most)
        expires = most;
    wr_answer *to = &r->by_question[q - r->profile->questions];
    *to = (wr_answer){
        .question = q->id,
        .answer = wr_arena_dup(r->arena, wr_row_text(row, "answer")),
        .by = wr_arena_dup(r->arena, wr_row_text(row, "principal")),
        .note = wr_arena_dup(r->arena, wr_row_text(row, "note")),
        .evidence = wr_arena_dup(r->arena, wr_row_text(row, "evidence")),
        .answered_at = answered,
        .expires_at = expires,
        .fresh = answered <= r->now && expires > r->now,
    };
    r->full = to->answer.at == NULL || to->by.at == NULL || to->note.at == NULL || to->evidence.at == NULL;
    return !r->full;
}

wr_status wr_answers_read(wr_store *s, const wr_profile *p, int64_t now, wr_arena *a, const wr_answer **ret, size_t *ret_count,
                          wr_error *err)
{
    reading r = { p, now, a, wr_arena_array(a, wr_answer, p->question_count + 1), false };
    if (r.by_question == NULL)
        return wr_over(err, "the answers");
    const wr_status status =
        wr_store_query(s, WR_SLICE("SELECT question, answer, principal, answered_at, expires_at, note, evidence FROM answer_newest"),
                       NULL, 0, NULL, read_row, &r, err);
    if (status != WR_OK)
        return status;
    if (r.full)
        return wr_over(err, "the answers");
    size_t n = 0;
    for (size_t i = 0; i < p->question_count; i++)
        if (r.by_question[i].question.len > 0)
            r.by_question[n++] = r.by_question[i];
    *ret = r.by_question;
    *ret_count = n;
    return WR_OK;
}
