/* pickle.h - pickles, read as Python's unpickler reads them and never carried out.
 *
 * pickle_machine.c runs the opcodes over values that hold no objects, pickle_quick.c the frequent ones of them;
 * pickle_call.c judges what is imported and called against pickle_policy.h, pickle_report.c says it; pickle_probe.c tells a pickle from other bytes;
 * pickle_tail.c reads what joblib and PyTorch write between and behind pickles.
 *
 * Borrows  names and evidence live in the worker's arena or in the part's bytes.
 * Bounds   pickle_stack.h; WR_IMPORTS_MOST different imports, WR_NESTED_MOST pickles in byte strings of one part.
 * Fails    what is malformed or beyond a bound makes the file incomplete, never clean.
 * Threads  one file at a time. */
#ifndef WR_PICKLE_H
#define WR_PICKLE_H

#include "exam.h"
#include "pickle_op.h"
#include "pickle_policy.h"
#include "pickle_stack.h"

#define WR_IMPORTS_MOST 65536u
#define WR_NESTED_MOST 20000u
#define WR_NAME_MOST 4096u                          /* bytes of a module or a name that is looked at */
#define WR_UNESCAPED_MOST ((uint64_t)64 << 20)      /* bytes of text whose escapes are resolved, in one part */
#define WR_GUESS_MOST ((uint64_t)1 << 20)           /* bytes of one array that are tried as opcodes */
#define WR_GUESSES_MOST ((uint64_t)64 << 20)        /* the same for all arrays of a part */
#define WR_STORAGES_MOST 262144u
#define WR_TROUBLES_SHOWN 3u

typedef struct {
    wr_slice module, name;   /* as the pickle writes them */
    uint64_t at, call_at;    /* byte of the opcode that first imported, first called */
    bool ran;                /* called other than by __new__ without arguments */
    wr_import_policy policy;
    bool called;
    bool handed;             /* given to a call, which may call it */
    bool with_data;          /* called with values from the file */
    bool keeps_state;        /* what BUILD gives its results matters */
    wr_slice evidence;       /* the arguments of the first call, in words */
} wr_import;

/* A tensor's storage, as PyTorch's persistent ids name it. */
typedef struct { wr_slice key, type; uint64_t count; } wr_storage;

/* What all pickles of one part share. */
typedef struct {
    wr_import *imports;   size_t import_count, import_cap;
    uint32_t *index;      size_t index_cap;       /* hash of module and name to import number + 1 */
    wr_storage *storages; size_t storage_count, storage_cap;
    uint64_t opcodes, unescaped, guessed;
    uint32_t nested, troubles, untraced;
    bool guarded;         /* a guarded import was made: one may stand anywhere */
    bool foreign;         /* something unknown was imported that is worse once it is handed to a call */
    bool hands;           /* something was imported that makes methods or partial functions to hand on */
    bool array_wrapper;   /* joblib's NumpyArrayWrapper was imported */
    bool torch;           /* PyTorch's magic number was read */
    bool quiet;           /* a guess: nothing is reported */
    bool broken;          /* the last pickle was not read to its end */
} wr_pickle_facts;

typedef struct {
    wr_exam *x;
    const wr_part *p;
    const wr_pickle_policy *policy;
    wr_pickle_facts *facts;
    wr_pickle_stack s;
    wr_cursor c;
    uint64_t op_at;       /* byte of the opcode that runs */
    uint64_t frame_end;   /* where the frame ends that was announced last */
    uint64_t let_go;      /* the bytes before this one were given back to the page cache */
    wr_pval codec;        /* the text that last named a harmless codec; 0: none did */
    uint32_t depth;       /* pickles that joblib nests in this stream */
    bool dead;            /* the machine cannot go on */
} wr_machine;

typedef enum { WR_RUN_STOPPED, WR_RUN_ENDED, WR_RUN_BROKEN } wr_run;

/* pickle_probe.c. Cheap; false for what only begins like a pickle. */
bool wr_pickle_probe(wr_slice bytes);
/* Of the first bytes of something longer. A pickle without a header may begin with a list that fills them: OPEN where nothing
 * was wrong so far, LIKELY where no text looks like that. */
typedef enum { WR_GUESS_NO, WR_GUESS_OPEN, WR_GUESS_LIKELY, WR_GUESS_YES } wr_pickle_guess;
wr_pickle_guess wr_pickle_probe_head(wr_slice head);
/* The same of what is packed; where its head is open, all of it is unpacked to know. */
bool wr_pickle_probe_packed(wr_slice packed);
/* The same for a string inside something else: without a header it must use what it imports, or end as a pickle does. */
bool wr_pickle_probe_text(wr_slice text);

/* pickle.c: all pickles of a part, one behind the other, and what stands between and behind them; judged and reported. */
WR_MUST_USE wr_status wr_pickle_read(wr_exam *x, const wr_part *p, wr_error *err);

/* The same once it is unpacked. */
WR_MUST_USE wr_status wr_pickle_read_compressed(wr_exam *x, const wr_part *p, wr_error *err);

/* pickle_machine.c: from m->c to STOP. */
WR_MUST_USE bool wr_machine_open(wr_machine *m, wr_exam *x, const wr_part *p, const wr_pickle_policy *policy,
                                 wr_pickle_facts *facts);
void wr_machine_close(wr_machine *m);
wr_run wr_machine_run(wr_machine *m);
void wr_machine_trouble(wr_machine *m, uint64_t at, const char *why);
/* The text or bytes whose opcode stands at `at`, escapes resolved; false where there are none. */
bool wr_machine_text(wr_machine *m, wr_pval v, wr_slice *ret);
/* The same for a text of any length, which the other leaves as it is written beyond WR_NAME_MOST. */
bool wr_machine_long_text(wr_machine *m, wr_pval v, wr_slice *ret);
bool wr_machine_int(wr_machine *m, wr_pval v, int64_t *ret);

/* pickle_quick.c: as many opcodes as it can, up to one that it leaves to the machine. */
void wr_machine_quick(wr_machine *m);
extern const uint8_t wr_pickle_number_chars[256]; /* of numbers in text, also "inf", "nan" and hexadecimal */

/* pickle_call.c */
wr_pval wr_machine_import(wr_machine *m, wr_slice module, wr_slice name);
wr_pval wr_machine_import_untraced(wr_machine *m, wr_pval module, wr_pval name);
wr_pval wr_machine_call(wr_machine *m, wr_pval callee, wr_pval args);
void wr_machine_patched(wr_machine *m, wr_pval target, const char *how);
void wr_machine_straddled(wr_machine *m);
void wr_machine_handed_on(wr_machine *m);
void wr_machine_extension(wr_machine *m, uint64_t code);
void wr_machine_look_inside(wr_machine *m, wr_slice bytes, uint64_t at);
/* Cheap, and often wrong: false where wr_machine_look_inside would find nothing in the text, nor in what it encodes to. */
static inline bool wr_pickle_may_hide(const uint8_t *text, uint64_t len)
{
    return len >= 6 && (text[0] == 'g' || text[0] == '8' || text[0] == 'P' || text[0] == OP_PROTO || text[0] == 0xc2 ||
                        (len >= 10 && memchr(text, '\n', len) != NULL));
}
/* pickle_report.c */
void wr_pickle_report(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts);
void wr_pickle_facts_free(wr_pickle_facts *facts);

/* pickle_tail.c */
void wr_machine_array_block(wr_machine *m, wr_pval state);
void wr_machine_persistent(wr_machine *m, wr_pval id);
/* Where PyTorch's raw storages behind its five pickles are whole: the byte behind them, else `from`. */
uint64_t wr_pickle_torch_tail(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts, uint64_t keys_at, uint64_t from);
void wr_pickle_storages(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts);
/* Bytes of one element of torch's or numpy's type; 0 where unknown. */
uint32_t wr_torch_storage_size(wr_slice type);

#endif
