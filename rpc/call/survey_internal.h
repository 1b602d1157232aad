// rpc/call/survey_internal.h: asks several pollers something, each on its own thread, and prints what they say. One that
// does not come round in time is left out, and its answer, if it ever comes, thrown away. Knows nothing of what is asked.
//
// Lifetime:  counted: a poller that is late still has it. The subject of a question only has to live until
//            terni_survey_wait has returned.
// Threads:   the asker's, but for the answers.
//
//   terni_survey *s = terni_survey_new(n);
//   for each: terni_survey_ask(s, i, poller, describe, subject);
//   terni_survey_wait(s);
//   ... terni_survey_answer(s, i) ...
//   terni_survey_unref(s);
#ifndef RPC_CALL_SURVEY_INTERNAL_H
#define RPC_CALL_SURVEY_INTERNAL_H

#include <stdio.h>

#include <tern/poller.h>

#include "rpc/base/text_internal.h"

enum {
    TERNI_SURVEY_MS = 1000,        // until a poller is said not to answer
    TERNI_SURVEY_MAX_CALLS = 1000  // of each poller that are told one by one: some milliseconds
};

typedef struct terni_survey terni_survey;

// On the poller's thread, or where nobody drives it.
typedef void terni_survey_fn(terni_text *to, void *subject);

terni_survey *terni_survey_new(unsigned n);  // NULL without memory
void          terni_survey_unref(terni_survey *s);
// The `i`th question. Answered at once if this thread drives the poller.
void terni_survey_ask(terni_survey *s, unsigned i, tern_poller *poller, terni_survey_fn *fn,
                      void *subject);
// Its poller is driven by whoever waits for something there: now that may be us.
void terni_survey_drive(terni_survey *s, unsigned i);
// Until all have answered, TERNI_SURVEY_MS at most.
void terni_survey_wait(terni_survey *s);
// NULL: it has not answered.
const terni_text *terni_survey_answer(const terni_survey *s, unsigned i);
// Prints it; false if there is none.
bool terni_survey_print(const terni_survey *s, unsigned i, FILE *to);

#endif
