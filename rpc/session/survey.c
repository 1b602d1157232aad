#include "rpc/base/seldom_internal.h"

#include "rpc/session/survey_internal.h"

#include <tern/conn_filter.h>

void terni_session_describe(const terni_session *s, terni_text *to)
{
    char peer[TERN_MAX_ADDRESS] = "an unknown peer";

    (void)terni_session_peer_address(s, peer);
    terni_text_add(to, "%s", peer);
    if (terni_session_is_gone(s)) {
        terni_text_add(to, ", gone");
        return;
    }
    terni_text_add(to, ", %s%s", s->engine ? s->wire->name : "has not said what it speaks",
                   tern_conn_get_filter(s->conn) ? " through a filter" : "");
    if (s->engine)
        terni_text_add(to, ", %u calls", (unsigned)s->wire->n_streams(s->engine));
    terni_text_add(to, ", %zu bytes wait to be sent, %llu to be read", tern_conn_unsent(s->conn),
                   (unsigned long long)(s->holding ? s->holding->bytes : 0));
    terni_text_add(to, ", silent for ");
    terni_text_add_span(to, tern_conn_heard_ns(s->conn),
                        tern_poller_now_ns(tern_conn_poller(s->conn)));
    if (s->is_closing || s->has_failed)
        terni_text_add(to, ", closing");
}

void terni_session_describe_deadline(uint64_t now_ns, uint64_t deadline_ns, terni_text *to)
{
    if (deadline_ns == TERN_NEVER) {
        terni_text_add(to, ", no deadline");
        return;
    }
    terni_text_add(to, ", ");
    terni_text_add_span(to, now_ns, deadline_ns);
    terni_text_add(to, " left");
}
