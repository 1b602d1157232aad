#include "rpc/json/time_internal.h"

#include "rpc/json/decimal_internal.h"

enum { DAY = 24 * 60 * 60, NANOS = 1000000000, YEARS_400 = 400 * 365 + 97 };

static const int64_t first_point = INT64_C(-62135596800), last_point = INT64_C(253402300799);
static const int64_t max_span = INT64_C(315576000000);

// ---- the calendar --------------------------------------------------------

// Years that begin in March have their odd day at the end. Days count from 1970.
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t shifted = month > 2 ? year : year - 1;  // year 0 is a leap year, too
    int64_t era = shifted / 400, of_era = shifted % 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * YEARS_400 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

// Of days not before the year 0.
static void date_of(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t shifted = days + 719468, era = shifted / YEARS_400, day = shifted % YEARS_400;
    int64_t year = (day - day / 1460 + day / 36524 - day / (YEARS_400 - 1)) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int     month = (int)((5 * of_year + 2) / 153);

    *ret_day = (int)(of_year - (153 * month + 2) / 5 + 1);
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = (int)(era * 400 + year + (*ret_month <= 2));
}

static int days_in(int year, int month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool                 is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && is_leap);
}

// ---- writing -------------------------------------------------------------

static uint8_t *write_digits(uint8_t *p, int v, int n_digits)
{
    for (int i = n_digits - 1; i >= 0; i--, v /= 10)
        p[i] = (uint8_t)('0' + v % 10);
    return p + n_digits;
}

// None, or as many digits as are needed of 3, 6 or 9.
static uint8_t *write_fraction(uint8_t *p, int32_t nanos)
{
    if (nanos == 0)
        return p;
    *p++ = '.';
    if (nanos % 1000000 == 0)
        return write_digits(p, nanos / 1000000, 3);
    if (nanos % 1000 == 0)
        return write_digits(p, nanos / 1000, 6);
    return write_digits(p, nanos, 9);
}

static uint8_t *write_word(uint8_t *p, int v, int n_digits, char behind)
{
    p = write_digits(p, v, n_digits);
    *p++ = (uint8_t)behind;
    return p;
}

static bool is_point(terni_json_time t)
{
    return t.seconds >= first_point && t.seconds <= last_point && t.nanos >= 0 && t.nanos < NANOS;
}

uint8_t *terni_json_time_write_point(uint8_t *p, terni_json_time t)
{
    int64_t since = t.seconds - first_point;
    int     year, month, day, second = (int)(since % DAY);

    if (!is_point(t))
        return NULL;
    date_of(since / DAY + first_point / DAY, &year, &month, &day);
    p = write_word(p, year, 4, '-');
    p = write_word(p, month, 2, '-');
    p = write_word(p, day, 2, 'T');
    p = write_word(p, second / 3600, 2, ':');
    p = write_word(p, second / 60 % 60, 2, ':');
    p = write_digits(p, second % 60, 2);
    p = write_fraction(p, t.nanos);
    *p++ = 'Z';
    return p;
}

static bool is_span(terni_json_time t)
{
    return t.seconds >= -max_span && t.seconds <= max_span && t.nanos > -NANOS && t.nanos < NANOS &&
           (t.seconds == 0 || t.nanos == 0 || (t.seconds < 0) == (t.nanos < 0));
}

uint8_t *terni_json_time_write_span(uint8_t *p, terni_json_time t)
{
    if (!is_span(t))
        return NULL;
    if (t.seconds < 0 || t.nanos < 0)
        *p++ = '-';
    p = terni_json_decimal_write_uint(p, (uint64_t)(t.seconds < 0 ? -t.seconds : t.seconds));
    p = write_fraction(p, t.nanos < 0 ? -t.nanos : t.nanos);
    *p++ = 's';
    return p;
}

// ---- reading -------------------------------------------------------------

// What is still to be read.
typedef struct words words;
struct words {
    const uint8_t *p, *end;
    bool           is_bad;
};

static int take_digits(words *w, int n)
{
    int v = 0;

    for (int i = 0; i < n; i++, w->p++) {
        if (w->p == w->end || (uint8_t)(*w->p - '0') > 9) {
            w->is_bad = true;
            return 0;
        }
        v = 10 * v + *w->p - '0';
    }
    return v;
}

static void take(words *w, char c)
{
    if (w->p < w->end && *w->p == (uint8_t)c)
        w->p++;
    else
        w->is_bad = true;
}

static int take_up_to(words *w, int max)
{
    int v = take_digits(w, 2);

    if (v > max)
        w->is_bad = true;
    return v;
}

// One to nine digits behind a point, or no point.
static int32_t take_fraction(words *w)
{
    int32_t nanos = 0, unit = NANOS;

    if (w->p == w->end || *w->p != '.')
        return 0;
    w->p++;
    do {
        nanos += take_digits(w, 1) * (unit /= 10);
    } while (!w->is_bad && unit > 1 && w->p < w->end && (uint8_t)(*w->p - '0') < 10);
    return nanos;
}

// Seconds that the clock there is ahead.
static int take_offset(words *w)
{
    bool is_behind;
    int  offset;

    if (w->p < w->end && *w->p == 'Z') {
        w->p++;
        return 0;
    }
    is_behind = w->p < w->end && *w->p == '-';
    take(w, is_behind ? '-' : '+');
    offset = take_up_to(w, 23) * 3600;
    take(w, ':');
    offset += take_up_to(w, 59) * 60;
    return is_behind ? -offset : offset;
}

static int64_t take_date(words *w)
{
    int year, month, day;

    year = take_digits(w, 4);
    take(w, '-');
    month = take_digits(w, 2);
    take(w, '-');
    day = take_digits(w, 2);
    w->is_bad |= year < 1 || month < 1 || month > 12 || day < 1;
    w->is_bad = w->is_bad || day > days_in(year, month);
    return w->is_bad ? 0 : days_of(year, month, day);
}

bool terni_json_time_read_point(const uint8_t *p, size_t len, terni_json_time *ret)
{
    words           w = { p, p + len, false };
    terni_json_time t;

    t.seconds = take_date(&w) * DAY;
    take(&w, 'T');
    t.seconds += take_up_to(&w, 23) * 3600;
    take(&w, ':');
    t.seconds += take_up_to(&w, 59) * 60;
    take(&w, ':');
    t.seconds += take_up_to(&w, 59);
    t.nanos = take_fraction(&w);
    t.seconds -= take_offset(&w);
    *ret = t;
    return !w.is_bad && w.p == w.end && is_point(t);
}

bool terni_json_time_read_span(const uint8_t *p, size_t len, terni_json_time *ret)
{
    words           w = { p, p + len, false };
    bool            is_negative = len > 0 && *p == '-';
    terni_json_time t = { 0 };

    w.p += is_negative;
    do {
        t.seconds = 10 * t.seconds + take_digits(&w, 1);
    } while (!w.is_bad && t.seconds <= max_span && w.p < w.end && (uint8_t)(*w.p - '0') < 10);
    t.nanos = take_fraction(&w);
    take(&w, 's');
    if (is_negative) {
        t.seconds = -t.seconds;
        t.nanos = -t.nanos;
    }
    *ret = t;
    return !w.is_bad && w.p == w.end && is_span(t);
}
