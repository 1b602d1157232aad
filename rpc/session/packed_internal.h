// rpc/session/packed_internal.h: a message on its way out, encoded and made smaller, as what the wire takes. Knows
// nothing of who can read it.
//
// Lifetime:  init .. done, of one whose init has succeeded; the wire may take its body any number of times.
// Threads:   none. One owner at a time, the owner of the pool.
#ifndef RPC_SESSION_PACKED_INTERNAL_H
#define RPC_SESSION_PACKED_INTERNAL_H

#include "rpc/compress/compression_internal.h"
#include "rpc/session/body_internal.h"

enum {
    TERNI_PACK_FROM = 1024,  // bytes; shorter ones fit the packet that goes in any case
    TERNI_AS_IT_IS =
        2,  // no result of a wire's: there was nothing to be packed, and nothing was done
};

typedef struct terni_packing terni_packing;
struct terni_packing {
    tern_compression with;  // that is built in
    tern_compress    which;
    uint64_t         from_bytes;
};

// What is wrong with a choice: NULL, or a sentence.
const char *terni_packing_find_fault(const tern_compression_choice *choice);
// Is a message of so many bytes to be tried, and may one be that is not encoded yet? If not, there is no need to
// come here with it.
bool terni_packing_takes(const terni_packing *how, uint64_t size);
bool terni_packing_may_take(const terni_packing *how, const terni_message *m);

// A user's list of what peers may use, as peers are told it; NULL where there is none of it. NULL, or what is wrong.
const char *terni_encodings_read(char room[TERNI_MAX_ENCODINGS], const char *list,
                                 const char **ret_list);

// What an end's options say of all of it.
typedef struct terni_packing_opts terni_packing_opts;
struct terni_packing_opts {
    tern_compression_choice choice;
    uint64_t                from_bytes;  // 0: TERNI_PACK_FROM
    const char             *encodings;   // NULL: all that are built in
};

// Sets what is in order of it. NULL, or what is wrong.
const char *terni_packing_read(const terni_packing_opts *given, terni_packing *packing,
                               char room[TERNI_MAX_ENCODINGS], const char **ret_list);

typedef struct terni_packed terni_packed;
struct terni_packed {
    tern_linkbuf bytes;
    terni_body   body;  // names the bytes; is_compressed or not, as they are
};

// Encoded here: 0 or -errno as terni_codec_measure. `p` is not moved.
TERN_NODISCARD int terni_packed_init(terni_packed *p, tern_pool *pool, const terni_packing *how,
                                     const terni_message *m);
// Of what is encoded already, and stays as it is. 0 or -ENOMEM.
TERN_NODISCARD int terni_packed_init_encoded(terni_packed *p, tern_pool *pool,
                                             const terni_packing *how, const tern_linkbuf *encoded);
void               terni_packed_done(terni_packed *p);

#endif
