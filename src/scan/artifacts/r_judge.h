/* r_judge.h - what code in R's data is blamed for, depending on what makes it run.
 *
 * Borrows  names until the call returns.  Bounds  exam.h.  Fails  never.  Threads  no state. */
#ifndef WR_R_JUDGE_H
#define WR_R_JUDGE_H

#include "exam.h"
#include "r_stream.h"

/* What the code at hand waits for: nothing (a call that was kept, a formula), a call of the function around it, a touch
 * (a promise, an active binding), or it has run already. */
typedef enum { R_CODE_NONE, R_CODE_FUNCTION, R_CODE_BINDING, R_CODE_PROMISE, R_CODE_PAST } r_code;

typedef struct {
    wr_exam *x;
    const wr_part *p;
    r_code code;
    bool symbols;        /* symbols stand for calls (byte code) */
    wr_slice called;     /* the dangerous function that the promise at hand calls */
} r_judge;

bool r_judge_indirect(wr_slice function);                     /* does it call what its arguments name? */
void r_judge_call(r_judge *j, wr_slice function, uint64_t at);
/* An argument of such a function: a string, or a symbol. */
void r_judge_argument(r_judge *j, wr_slice name, bool text, uint64_t at);
void r_judge_symbol(r_judge *j, wr_slice name, uint64_t at);
void r_judge_promise(r_judge *j, uint64_t at);
void r_judge_package(r_judge *j, wr_slice name, uint64_t at);
void r_judge_altrep(r_judge *j, wr_slice class_name, wr_slice package, uint64_t at);
/* An object that save() wrote under a name. */
void r_judge_top(r_judge *j, wr_slice name, bool function, uint64_t at);

#endif
