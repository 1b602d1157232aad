#include "rpc/json/reader_internal.h"

#include <errno.h>

#include "rpc/json/decimal_internal.h"

// ---- what is wrong -------------------------------------------------------

static void locate(const terni_json_reader *r, const uint8_t *p)
{
    const uint8_t *line = r->text, *newline;
    unsigned       n = 1;

    while ((newline = memchr(line, '\n', (size_t)(p - line)))) {
        line = newline + 1;
        n++;
    }
    r->why->line = n;
    r->why->column = (unsigned)(p - line) + 1;
}

const uint8_t *terni_json_reader_fail(terni_json_reader *r, const uint8_t *p, const char *fmt, ...)
{
    va_list args;

    locate(r, p);
    va_start(args, fmt);
    terni_json_place_tell(r->why, r->place, -EBADMSG, fmt, args);
    va_end(args);
    return NULL;
}

const uint8_t *terni_json_reader_fail_with(terni_json_reader *r, const uint8_t *p, int err,
                                           const char *fmt, ...)
{
    va_list args;

    locate(r, p);
    va_start(args, fmt);
    terni_json_place_tell(r->why, r->place, err, fmt, args);
    va_end(args);
    return NULL;
}

const uint8_t *terni_json_reader_no_memory(terni_json_reader *r, const uint8_t *p)
{
    return terni_json_reader_fail_with(r, p, -ENOMEM, "no memory left for it");
}

const uint8_t *terni_json_reader_expected(terni_json_reader *r, const uint8_t *p, const char *what)
{
    if (p == r->end)
        return terni_json_reader_fail(r, p, "ends in the middle");
    return terni_json_reader_fail(r, p, "%s expected", what);
}

// ---- strings -------------------------------------------------------------

// Of four hexadecimal digits, or more than 16 bits.
static uint32_t read_hex(const uint8_t *p, const uint8_t *end)
{
    uint32_t v = 0;

    if (end - p < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        uint8_t c = p[i], lower = c | 0x20;

        if (c >= '0' && c <= '9')
            v = v << 4 | (c - '0' + 0u);
        else if (lower >= 'a' && lower <= 'f')
            v = v << 4 | (lower - 'a' + 10u);
        else
            return UINT32_MAX;
    }
    return v;
}

// A character that is written \uXXXX, or as two of those; `p` is behind the u. NULL: it is none, or half of one.
static const uint8_t *read_unicode(const uint8_t *p, const uint8_t *end, uint32_t *ret)
{
    uint32_t first = read_hex(p, end), second;

    if (first > 0xffff || (first >= 0xdc00 && first <= 0xdfff))
        return NULL;
    *ret = first;
    if (first < 0xd800 || first > 0xdbff)
        return p + 4;
    if (end - p < 10 || p[4] != '\\' || p[5] != 'u')
        return NULL;
    second = read_hex(p + 6, end);
    if (second < 0xdc00 || second > 0xdfff)
        return NULL;
    *ret = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    return p + 10;
}

// What stands behind a backslash; 0 if it is none of these.
static uint8_t letter_of(uint8_t c)
{
    static const uint8_t letters[128] = { ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                          ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t' };

    return c < sizeof letters ? letters[c] : 0;
}

static const uint8_t *check_escape(terni_json_reader *r, const uint8_t *p, terni_json_span *s)
{
    uint32_t       character = 1;
    const uint8_t *next = p + 2;

    s->has_escapes = true;
    if (r->end - p < 2)
        return terni_json_reader_expected(r, r->end, "more");
    if (p[1] == 'u' ? !(next = read_unicode(p + 2, r->end, &character)) : !letter_of(p[1]))
        return terni_json_reader_fail(r, p, "no such escape");
    s->has_nul |= character == 0;
    return next;
}

const uint8_t *terni_json_reader_string(terni_json_reader *r, const uint8_t *p,
                                        terni_json_span *ret)
{
    size_t n;

    if (*p != '"')
        return terni_json_reader_expected(r, p, "a string");
    *ret = (terni_json_span){ .start = ++p };
    while ((p = terni_json_skip_plain(p, r->end)) < r->end && *p != '"') {
        if (*p == '\\') {
            if (!(p = check_escape(r, p, ret)))
                return NULL;
        } else if (*p < 0x20) {
            return terni_json_reader_fail(r, p, "a control character in a string");
        } else {
            if (!(n = terni_json_utf8_len(p, r->end)))
                return terni_json_reader_fail(r, p, "not UTF-8");
            p += n;
        }
    }
    if (p == r->end)
        return terni_json_reader_expected(r, p, "`\"`");
    ret->len = (size_t)(p - ret->start);
    return p + 1;
}

uint8_t *terni_json_reader_unescape(const terni_json_span *s, uint8_t *ret)
{
    const uint8_t *p = s->start, *end = p + s->len, *escape;
    uint32_t       character;

    while (s->has_escapes && (escape = memchr(p, '\\', (size_t)(end - p)))) {
        memmove(ret, p, (size_t)(escape - p));
        ret += escape - p;
        if (escape[1] == 'u') {
            p = read_unicode(escape + 2, end, &character);
            TERN_DEBUG_ASSERT(p);  // it was checked
            ret = terni_json_utf8_write(ret, character);
        } else {
            *ret++ = letter_of(escape[1]);
            p = escape + 2;
        }
    }
    memmove(ret, p, (size_t)(end - p));
    return ret + (end - p);
}

bool terni_json_reader_says(const terni_json_span *s, const char *word)
{
    uint8_t said[64];
    size_t  len = strlen(word);

    if (!s->has_escapes)
        return s->len == len && memcmp(s->start, word, len) == 0;
    if (s->len > sizeof said)
        return false;
    return terni_json_reader_unescape(s, said) == said + len && memcmp(said, word, len) == 0;
}

// ---- other values --------------------------------------------------------

const uint8_t *terni_json_reader_literal(terni_json_reader *r, const uint8_t *p, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(r->end - p) < len || memcmp(p, word, len) != 0)
        return terni_json_reader_fail(r, p, "`%s` expected", word);
    return p + len;
}

static const uint8_t *skip_members(terni_json_reader *r, const uint8_t *p, bool is_object)
{
    char            close = is_object ? '}' : ']';
    terni_json_span key;

    if (--r->levels < 0)
        return terni_json_reader_fail_with(r, p, -EMSGSIZE, "nested too deeply");
    p++;
    for (bool is_first = true, is_end;; is_first = false) {
        if (!(p = terni_json_reader_next(r, p, close, is_first, &is_end)))
            return NULL;
        if (is_end)
            break;
        if (is_object &&
            (!(p = terni_json_reader_string(r, p, &key)) || !(p = terni_json_reader_colon(r, p))))
            return NULL;
        if (!(p = terni_json_reader_skip(r, p)))
            return NULL;
    }
    r->levels++;
    return p;
}

const uint8_t *terni_json_reader_skip(terni_json_reader *r, const uint8_t *p)
{
    terni_json_span    string;
    terni_json_decimal number;
    const uint8_t     *next;

    switch (*p) {
    case '{':
    case '[':
        return skip_members(r, p, *p == '{');
    case '"':
        return terni_json_reader_string(r, p, &string);
    case 't':
        return terni_json_reader_literal(r, p, "true");
    case 'f':
        return terni_json_reader_literal(r, p, "false");
    case 'n':
        return terni_json_reader_literal(r, p, "null");
    default:
        next = terni_json_decimal_read(p, r->end, &number);
        return next ? next : terni_json_reader_expected(r, p, "a value");
    }
}
