#include "tests/sim/audit.h"

#include "rpc/session/session_internal.h"
#include "tests/sim/conns.h"
#include "tests/sim/ledger.h"

static void check_session(const terni_session *s, bool is_calm)
{
    uint64_t held = s->holding ? s->holding->bytes : 0;

    if (!s->engine || s->has_failed)
        return;
    if (!s->wire->is_owed(s->engine, held))
        sim_fail("credit is lost: a %s is not owed the %llu bytes that are held",
                 s->role == TERNI_SERVER ? "client" : "server", (unsigned long long)held);
    if (is_calm && held)
        sim_fail("%llu bytes are held, and nobody holds them", (unsigned long long)held);
}

static void check_round(void *session) { check_session(session, false); }
static void check_calm(void *session) { check_session(session, true); }

void audit_round(tern_poller *p) { conns_visit(p, check_round); }
void audit_calm(tern_poller *p) { conns_visit(p, check_calm); }
