// rpc/tls/tickets_internal.h: the keys that a server's tickets are sealed with: new ones each hour, and the last ones
// are still understood.
//
// Lifetime:  terni_tls_tickets_init / terni_tls_tickets_done, around the SSL_CTX that has them.
// Threads:   any.
#ifndef RPC_TLS_TICKETS_INTERNAL_H
#define RPC_TLS_TICKETS_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <openssl/ssl.h>

#include <tern/base.h>

enum {
    TERNI_TLS_TICKET_S =
        3600,  // a key is used so long, and understood for as long again; so is a ticket
    TERNI_TLS_TICKET_NAME = 16,
};

typedef struct terni_tls_ticket_key terni_tls_ticket_key;
struct terni_tls_ticket_key {
    uint8_t name[TERNI_TLS_TICKET_NAME];
    uint8_t cipher[32], mac[32];
    time_t  made_at;  // 0: there is none
};

typedef struct terni_tls_tickets terni_tls_tickets;
struct terni_tls_tickets {
    pthread_mutex_t      lock;
    terni_tls_ticket_key keys[2];  // that which seals, and the one before
};

void terni_tls_tickets_init(terni_tls_tickets *t);
void terni_tls_tickets_done(terni_tls_tickets *t);
// Has `ctx` use them; false without memory.
TERN_NODISCARD bool terni_tls_tickets_give(terni_tls_tickets *t, SSL_CTX *ctx);

// The same with a clock of the test's.
void terni_tls_tickets_rotate(terni_tls_tickets *t, time_t now);

#endif
