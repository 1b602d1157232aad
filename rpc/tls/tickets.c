#include "rpc/tls/tickets_internal.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/rand.h>

void terni_tls_tickets_init(terni_tls_tickets *t)
{
    *t = (terni_tls_tickets){ .keys = { { .made_at = 0 } } };
    pthread_mutex_init(&t->lock, NULL);
}

void terni_tls_tickets_done(terni_tls_tickets *t)
{
    OPENSSL_cleanse(t->keys, sizeof t->keys);
    pthread_mutex_destroy(&t->lock);
}

// ---- keys ----------------------------------------------------------------

static bool make_key(terni_tls_ticket_key *key, time_t now)
{
    key->made_at = now;
    return RAND_bytes(key->name, sizeof key->name) == 1 &&
           RAND_priv_bytes(key->cipher, sizeof key->cipher) == 1 &&
           RAND_priv_bytes(key->mac, sizeof key->mac) == 1;
}

// Without randomness the old ones go all the same: there are no tickets then.
void terni_tls_tickets_rotate(terni_tls_tickets *t, time_t now)
{
    terni_tls_ticket_key *seals = &t->keys[0], *before = &t->keys[1];

    if (seals->made_at && now - seals->made_at < TERNI_TLS_TICKET_S)
        return;
    *before = *seals;
    if (now - before->made_at >= 2 * TERNI_TLS_TICKET_S)
        before->made_at = 0;
    if (!make_key(seals, now))
        seals->made_at = 0;
}

static const terni_tls_ticket_key *find_key(const terni_tls_tickets *t, const uint8_t *name)
{
    for (size_t i = 0; i < TERN_COUNT_OF(t->keys); i++)
        if (t->keys[i].made_at && memcmp(t->keys[i].name, name, TERNI_TLS_TICKET_NAME) == 0)
            return &t->keys[i];
    return NULL;
}

// A copy of the key that seals, or (`name`) of the one that has sealed. 0: there is none; 2: it is the one before.
static int copy_key(terni_tls_tickets *t, const uint8_t *name, terni_tls_ticket_key *ret)
{
    const terni_tls_ticket_key *key;
    int                         which = 0;

    pthread_mutex_lock(&t->lock);
    terni_tls_tickets_rotate(t, time(NULL));
    key = name ? find_key(t, name) : t->keys[0].made_at ? &t->keys[0] : NULL;
    if (key) {
        *ret = *key;
        which = key == &t->keys[0] ? 1 : 2;
    }
    pthread_mutex_unlock(&t->lock);
    return which;
}

// ---- OpenSSL's side ------------------------------------------------------

static bool set_mac(EVP_MAC_CTX *mac, terni_tls_ticket_key *key)
{
    char             digest[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac, sizeof key->mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };

    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

static int tickets_index = -1;  // of an SSL_CTX, for its tickets

// 1: go on; 2: go on, and give a new ticket; 0: no ticket, or none of ours; -1: it fails.
static int use_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                   EVP_MAC_CTX *mac, int is_sealing)
{
    terni_tls_tickets   *t = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), tickets_index);
    terni_tls_ticket_key key;
    int                  which = copy_key(t, is_sealing ? NULL : name, &key), is_set;

    if (!which)
        return 0;
    if (is_sealing) {
        memcpy(name, key.name, sizeof key.name);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1)
            return -1;
    }
    is_set = EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key.cipher, iv, is_sealing) == 1 &&
             set_mac(mac, &key);
    OPENSSL_cleanse(&key, sizeof key);
    return is_set ? which : -1;
}

static void make_index(void)
{
    tickets_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

bool terni_tls_tickets_give(terni_tls_tickets *t, SSL_CTX *ctx)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_index);
    SSL_CTX_set_timeout(ctx, TERNI_TLS_TICKET_S);
    return tickets_index >= 0 && SSL_CTX_set_ex_data(ctx, tickets_index, t) == 1 &&
           SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, use_key) == 1;
}
