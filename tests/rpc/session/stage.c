#include "tests/rpc/session/stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/log.h>

#include "tests/support/sockets.h"

static owner *owner_of(terni_session *s) { return TERN_CONTAINER_OF(s, owner, session); }

static void on_recognised(terni_session *s)
{
    assert_non_null(s->engine);
    journal_say("recognised ");
}

static void on_fed(terni_session *s)
{
    assert_false(s->is_feeding);
    journal_say("fed ");
}

static void on_ended(terni_session *s)
{
    (void)s;
    journal_say("ended ");
}

static void on_drained(terni_session *s)
{
    (void)s;
    journal_say("drained ");
}

static void on_closed(terni_session *s, int err, const char *why)
{
    owner *o = owner_of(s);

    assert_null(s->engine);
    assert_null(s->conn);
    assert_false(o->is_closed);
    o->is_closed = true;
    o->err = err;
    snprintf(o->why, sizeof o->why, "%s", why);
    journal_say("closed ");
}

static const terni_wire_events events = { .failed = terni_session_failed };

// ---- a protocol that is refused, and the fake wire ------------------------

static terni_sniff sniff_rude(const uint8_t *bytes, size_t len)
{
    return memcmp(bytes, "rude", len < 4 ? len : 4) != 0 ? TERNI_SNIFF_NO
           : len < 4                                     ? TERNI_SNIFF_MORE
                                                         : TERNI_SNIFF_YES;
}

static void refuse_rude(terni_session *s) { terni_session_refuse(s, "go away\n", 8, "it is rude"); }

static terni_sniff sniff_fake(const uint8_t *bytes, size_t len)
{
    return fake_wire_table.sniff(bytes, len);
}

static void speak_fake(terni_session *s) { terni_session_speak(s, &fake_wire_table); }

static const terni_protocol rude = { "rude", "rude/1", sniff_rude, refuse_rude };
static const terni_protocol fake = { "fake", "fake/1", sniff_fake, speak_fake };

static const terni_protocol *const protocols[] = { &rude, &fake, NULL };

static const terni_session_hooks hooks = { protocols, on_recognised, on_fed,
                                           on_ended,  on_drained,    on_closed };
const terni_session_hooks        closed_alone = { .closed = on_closed };

// ---- the stage -----------------------------------------------------------

int owner_start_with(owner *o, terni_role role, const fake_wire *how)
{
    int fds[2], err;

    fake_wire_reset();
    the_wire = *how;
    fake_clock_start(STAGE_START);
    sockets_unix_pair(fds);
    *o = (owner){ .poller = tern_poller_new(NULL), .peer = fds[1] };
    o->session = (terni_session){ .events = &events,
                                  .hooks = &hooks,
                                  .limits = &terni_limits_default,
                                  .wire = role == TERNI_CLIENT ? &fake_wire_table : NULL };
    if (!o->poller) {
        close(fds[0]);
        return -ENOMEM;
    }
    if ((err = terni_session_start(&o->session, o->poller, fds[0], NULL, role)) < 0)
        assert_true(fail_malloc_has_failed());
    return err;
}

int owner_start(owner *o, terni_role role)
{
    return owner_start_with(o, role, &(fake_wire){ .engine = NULL });
}

void owner_step(owner *o)
{
    for (int i = 0; i < 3; i++)
        (void)!tern_poller_step(o->poller, 0);
}

void owner_pass(owner *o, uint64_t ms)
{
    fake_clock_advance(ms * TERN_NS_PER_MS);
    owner_step(o);
}

void peer_say(owner *o, const char *text)
{
    ssize_t n = send(o->peer, text, strlen(text), MSG_NOSIGNAL);

    assert_true(n == (ssize_t)strlen(text) || o->is_closed);
    owner_step(o);
}

void peer_hang_up(owner *o)
{
    close(o->peer);
    o->peer = -1;
    owner_step(o);
}

// What has come at the peer's end so far.
const char *peer_hear(owner *o)
{
    static char text[1024];
    ssize_t     n;

    owner_step(o);
    n = recv(o->peer, text, sizeof text - 1, MSG_DONTWAIT);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

void owner_end(owner *o)
{
    terni_session_abort(&o->session);
    if (o->peer >= 0)
        close(o->peer);
    if (o->poller)
        tern_poller_free(o->poller);
}

void owner_start_server(owner *o)
{
    assert_int_equal(owner_start(o, TERNI_SERVER), 0);
    peer_say(o, "fake");
    assert_string_equal(journal_take(), "create recognised fed ");
}

void owner_start_client(owner *o)
{
    assert_int_equal(owner_start(o, TERNI_CLIENT), 0);
    assert_string_equal(journal_take(), "create recognised ");
}

// ---- the log -------------------------------------------------------------

static void no_log(tern_log_level level, const char *line, void *arg)
{
    (void)level;
    (void)line;
    (void)arg;
}

void stage_be_quiet(void) { tern_log_set(no_log, NULL, TERN_LOG_ERROR); }

void stage_be_loud(void) { tern_log_set(NULL, NULL, TERN_LOG_WARNING); }
