/* evidence.h - attestations: what a named person answered, and until when it counts.
 *
 * Borrows  records and answers live in the arena given.
 * Bounds   a name WR_NAME_MOST bytes, a note and a reference WR_NOTE_MOST.
 * Fails    WR_USAGE for an answer that cannot stand, saying why and what would; else as the store.
 * Threads  one thread at a time. */
#ifndef WARRANT_EVIDENCE_H
#define WARRANT_EVIDENCE_H

#include <warrant/profile.h>
#include <warrant/store.h>

#define WR_NAME_MOST 200
#define WR_NOTE_MOST 10000

typedef enum { WR_ANSWER_YES, WR_ANSWER_PARTLY, WR_ANSWER_NO, WR_ANSWER_NOT_SURE, WR_ANSWERS } wr_answer_word;
const char *wr_answer_name(wr_answer_word w);                  /* yes, partly, no, not-sure */
bool wr_answer_parse(wr_slice s, wr_answer_word *ret);         /* takes "not sure" as well */

typedef struct {
    wr_slice question, answer, by;
    int64_t until;      /* 0: as long as the question allows */
    wr_slice note;      /* may be empty */
    wr_slice evidence;  /* where the record lies: a path, a URL, a ticket; may be empty */
} wr_attestation;

/* The record evidence.attested. The question must be one of the profile, the answer one of the four words, the name not
 * empty, and the date after `now` and not beyond `now` plus the question's valid_days. */
WR_MUST_USE wr_status wr_attestation_record(const wr_profile *p, const wr_attestation *t, int64_t now, wr_arena *a,
                                            wr_record *ret, wr_error *err);

typedef struct {
    wr_slice question, answer, by, note, evidence;
    int64_t answered_at;
    int64_t expires_at;  /* never beyond what the question allows, whatever the record says */
    bool fresh;          /* answered before now, and not run out */
} wr_answer;

/* The newest answer to each question of the profile that has one, in the profile's order. */
WR_MUST_USE wr_status wr_answers_read(wr_store *s, const wr_profile *p, int64_t now, wr_arena *a, const wr_answer **ret,
                                      size_t *ret_count, wr_error *err);

#endif
