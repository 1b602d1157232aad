#include <tern/base.h>

#include <stdio.h>
#include <stdlib.h>

void tern_assert_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "tern: broken invariant `%s` at %s:%d\n", cond, file, line);
    abort();
}
