#include "tests/interop/flags.h"

#include <stdio.h>
#include <string.h>

static const flag *find(const char *name, size_t len, const flag *flags, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(flags[i].name) == len && memcmp(flags[i].name, name, len) == 0)
            return &flags[i];
    return NULL;
}

static bool set(const flag *f, const char *value)
{
    if (f->text)
        *f->text = value;
    else if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
        *f->is = strcmp(value, "true") == 0;
    else
        return fprintf(stderr, "--%s is true or false, not `%s`\n", f->name, value) < 0;
    return true;
}

// The value of one that was given without `=`: the next argument, unless that is a flag.
static const char *take_next(int argc, char **argv, int *i)
{
    return *i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0 ? argv[++*i] : NULL;
}

static bool parse_one(int argc, char **argv, int *i, const flag *flags, size_t n)
{
    const char *name = argv[*i] + 2;
    size_t      len = strcspn(name, "=");
    const flag *f = strncmp(argv[*i], "--", 2) == 0 ? find(name, len, flags, n) : NULL;
    const char *value = name[len] ? name + len + 1 : NULL;

    if (!f)
        return fprintf(stderr, "what is `%s`?\n", argv[*i]) < 0;
    if (!value)
        value = take_next(argc, argv, i);
    if (!value && f->text)
        return fprintf(stderr, "--%s wants a value\n", f->name) < 0;
    return set(f, value ? value : "true");
}

bool flags_parse(int argc, char **argv, const flag *flags, size_t n)
{
    for (int i = 1; i < argc; i++)
        if (!parse_one(argc, argv, &i, flags, n))
            return false;
    return true;
}
