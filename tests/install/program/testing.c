// A handler tested by itself.
#include <stdio.h>

#include <tern/testing.h>

static tern_code refuse(tern_ctx *ctx, void *arg)
{
    return tern_fail(ctx, TERN_PERMISSION_DENIED, "not %s", (const char *)arg);
}

int main(void)
{
    TERN_AUTO(tern_testing) *t = tern_testing_new(NULL);

    puts(t ? tern_testing_call(t, NULL, refuse, (char[]){ "you" }).msg : "no memory");
    return 0;
}
