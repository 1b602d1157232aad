#include "tests/support/trace.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { N_OWN_FRAMES = 2, MAX_LINE = 512 };  // own: trace_take and its caller

__attribute__((noinline)) trace trace_take(void)
{
    void *frames[N_OWN_FRAMES + TRACE_DEPTH];
    int   n = backtrace(frames, N_OWN_FRAMES + TRACE_DEPTH);
    trace t = { .depth = n > N_OWN_FRAMES ? n - N_OWN_FRAMES : 0 };

    memcpy(t.frames, frames + N_OWN_FRAMES, (size_t)t.depth * sizeof *frames);
    return t;
}

static void cut_at(char *line, const char *what)
{
    char *found = strstr(line, what);

    if (found)
        *found = '\0';
}

// "function at file:line", or as much of it as is known, or false.
static bool ask_addr2line(const Dl_info *object, uintptr_t offset, char line[MAX_LINE])
{
    char  command[MAX_LINE];
    FILE *answer;
    bool  ok;

    snprintf(command, sizeof command, "addr2line -spfe '%s' 0x%zx 2>/dev/null", object->dli_fname,
             (size_t)offset);
    if (!(answer = popen(command, "r")))
        return false;
    ok = fgets(line, MAX_LINE, answer) && line[0] != '?';
    (void)pclose(answer);
    if (!ok)
        return false;
    cut_at(line, "\n");
    cut_at(line, " at ??:");
    return true;
}

static void print_frame(void *frame, FILE *out)
{
    char    line[MAX_LINE];
    Dl_info object;

    // A return address is one past the call; before it is still on the caller's line.
    if (dladdr(frame, &object) && object.dli_fname &&
        ask_addr2line(&object, (uintptr_t)frame - (uintptr_t)object.dli_fbase - 1, line))
        fputs(line, out);
    else
        fprintf(out, "%p", frame);
}

void trace_print(const trace *t, FILE *out)
{
    for (int i = 0; i < t->depth; i++) {
        if (i > 0)
            fputs(" < ", out);
        print_frame(t->frames[i], out);
    }
    fputc('\n', out);
}
