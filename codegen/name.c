#include "codegen/name.h"

#include <ctype.h>
#include <string.h>

#include "codegen/memory.h"
#include "codegen/text.h"

// Words that a rule about capitals would tear apart.
static const char *const unsplit[] = { "UInt", "IPv", "OAuth" };

static bool is_upper(char c) { return isupper((unsigned char)c) != 0; }
static bool is_lower(char c) { return islower((unsigned char)c) != 0; }

static void append_char(gen_text *t, char c) { gen_text_append(t, &c, 1); }

static void append_lower(gen_text *t, char c) { append_char(t, (char)tolower((unsigned char)c)); }

static size_t unsplit_word(const char *s)
{
    for (size_t i = 0; i < sizeof unsplit / sizeof *unsplit; i++)
        if (strncmp(s, unsplit[i], strlen(unsplit[i])) == 0)
            return strlen(unsplit[i]);
    return 0;
}

// True where a word starts: at a capital behind a small letter or digit, and at the last capital of
// a run that a small letter follows (the S of HTTPServer).
static bool starts_word(const char *name, size_t i)
{
    if (i == 0 || !is_upper(name[i]) || name[i - 1] == '_' || name[i - 1] == '.')
        return false;
    return !is_upper(name[i - 1]) || is_lower(name[i + 1]);
}

char *gen_name_snake(const char *name)
{
    gen_text t = { 0 };

    for (size_t i = 0; name[i];) {
        size_t n =
            starts_word(name, i) || i == 0 || name[i - 1] == '.' ? unsplit_word(name + i) : 0;

        if (starts_word(name, i))
            append_char(&t, '_');
        if (name[i] == '.')
            append_char(&t, '_'), i++;
        else
            for (n = n ? n : 1; n > 0; n--)
                append_lower(&t, name[i++]);
    }
    return t.data;
}

char *gen_name_upper(const char *name)
{
    char *upper = gen_strndup(name, strlen(name));

    for (char *s = upper; *s; s++)
        *s = (char)toupper((unsigned char)*s);
    return upper;
}

char *gen_name_protobuf_c_type(const char *full_name)
{
    gen_text t = { 0 };
    bool     capital = true;

    for (const char *s = full_name; *s; s++) {
        if (*s == '.')
            gen_text_append(&t, "__", 2);
        else if (*s != '_')
            append_char(&t, capital ? (char)toupper((unsigned char)*s) : *s);
        capital = *s == '.' || *s == '_';
    }
    return t.data;
}

char *gen_name_protobuf_c_function(const char *full_name)
{
    gen_text t = { 0 };

    for (const char *s = full_name; *s; s++) {
        bool is_first = s == full_name || s[-1] == '.';

        if (*s == '.') {
            gen_text_append(&t, "__", 2);
            continue;
        }
        if (is_upper(*s) && !is_first && !is_upper(s[-1]))
            append_char(&t, '_');
        append_lower(&t, *s);
    }
    return t.data;
}

char *gen_name_stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');

    return gen_strndup(path, dot ? (size_t)(dot - path) : strlen(path));
}

char *gen_name_identifier(const char *path)
{
    char *name = gen_name_stem(path);

    for (char *s = name; *s; s++)
        if (!isalnum((unsigned char)*s))
            *s = '_';
    return isdigit((unsigned char)*name) ? gen_format("file_%s", name) : name;
}
