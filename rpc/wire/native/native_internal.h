// rpc/wire/native/native_internal.h: the inside of the native engine, for the files that make it up:
// native.c (life, preface, settings), receive.c (frames in), heads.c (their heads),
// send.c (frames out).
// docs/wire.md is the specification.
#ifndef RPC_WIRE_NATIVE_NATIVE_INTERNAL_H
#define RPC_WIRE_NATIVE_NATIVE_INTERNAL_H

#include "rpc/wire/head_internal.h"
#include "rpc/wire/streams_internal.h"
#include "rpc/wire/wire_internal.h"

enum {
    PREFACE_LEN = 8,
    PREFIX_LEN = 12,
    MAX_HEAD = UINT16_MAX,
    // Less than a frame of the first flight, with room for a message_size: so that the head of a CLOSE
    // and at least a byte of its message always fit one frame.
    MAX_SENT_HEAD = MAX_HEAD - 128,

    // What holds until the peer's settings have come.
    FIRST_MAX_FRAME = 64 * 1024,
    FIRST_MAX_STREAMS = 100,
    FIRST_PATH_IDS = 64,
    FIRST_STREAM_WINDOW = 64 * 1024,
    FIRST_CONNECTION_WINDOW = 16 * 1024 * 1024,

    FEW_PATHS = 4,            // to begin with: a power of two
    MAX_PART_HEAD = 64,       // more than the message_size of a part takes
    MAX_TEXT = 4096,          // of a RESET or GOAWAY that we send
    MAX_VIEWED_PARTS = 1024,  // bytes of a part below which it is copied: a view costs more
    MAX_UNSENT_FACTOR = 16,   // times max_unsent_control: all answers to what the peer provokes
};

#define LAST_STREAM_ID UINT32_C(0xc0000000)

typedef enum frame_kind {
    KIND_SETTINGS,
    KIND_OPEN,
    KIND_HEADERS,
    KIND_DATA,
    KIND_CLOSE,
    KIND_RESET,
    KIND_WINDOW,
    KIND_PING,
    KIND_GOAWAY,
    N_KINDS,
} frame_kind;

enum frame_flag {
    FLAG_MESSAGE = 1,
    FLAG_END = 2,
    FLAG_MORE = 4,
    FLAG_COMPRESSED = 8,
    FLAG_ACK = 16,
    KNOWN_FLAGS = 31,
};

// Codes of GOAWAY.
enum goaway_code {
    GOAWAY_SHUTDOWN = 0,
    GOAWAY_PROTOCOL_ERROR = 1,
    GOAWAY_FLOOD = 2,
    GOAWAY_OUT_OF_MEMORY = 3
};

typedef struct frame frame;
struct frame {
    uint32_t       size, stream;
    uint16_t       head_len;
    uint8_t        kind, flags;
    const uint8_t *head, *body;
    size_t         body_len;
    tern_block    *block;
};

// What the heads of frames in may hold; each kind fills its own. Points into the frame.
typedef struct head head;
struct head {
    const char    *path, *encoding, *message;
    uint32_t       path_len, encoding_len, message_len;
    const uint8_t *details;
    uint32_t       details_len;
    uint32_t       path_id, code;
    uint64_t       timeout_us, message_size;
    bool           not_processed;
    uint32_t       n_metas, meta_bytes;
};

// A message in parts on its way in.
typedef struct arriving arriving;
struct arriving {
    tern_linkbuf parts;
    uint64_t     size;
    bool         is_compressed;
};

// Output that waits for credit or room.
typedef struct waiting waiting;
struct waiting {
    tern_linkbuf  body;
    terni_stream *before;  // in the queue
    bool          is_queued;
    uint64_t      size;        // of the whole message
    bool          is_last;     // END behind it
    bool          is_closing;  // the last part rides on a CLOSE
    bool          has_begun;
    uint32_t      close_len;
    uint8_t       close_head[];  // of the CLOSE, without message_size
};

typedef struct peer_settings peer_settings;
struct peer_settings {
    uint32_t max_frame, max_streams, max_path_ids, stream_window;
    uint64_t max_message;
};

typedef enum engine_state { WANT_PREFACE, WANT_SETTINGS, RUNNING, FAILED } engine_state;

typedef struct path_entry path_entry;
struct path_entry {
    const void *key;  // server: not NULL once registered; client: the path's address
    void       *method;
};

struct terni_engine {
    terni_role               role;
    engine_state             state;
    const terni_wire_limits *limits;
    peer_settings            peer;
    const terni_wire_events *events;
    void                    *owner;
    tern_linkbuf            *out;
    terni_streams            streams;
    const terni_stream      *current;   // that the frame being read is for; NULL once it has ended
    uint32_t                 last_id;   // opened by the client
    bool                     is_going;  // a GOAWAY came or went: no new calls
    path_entry              *paths;     // server: by id; client: hashed by address
    path_entry               first_path;  // of a server: many clients call one method
    uint32_t                 n_paths;     // entries there are
    uint32_t                 n_path_ids;  // client: in use
    int64_t                  send_window;
    uint64_t                 recv_used, recv_granted;     // body bytes that came, that may come
    uint64_t                 recv_reserved;               // what the announced messages still lack
    uint64_t                 recv_unacked, recv_advance;  // as in a stream
    terni_stream            *waiting_head, *waiting_tail;
    size_t                   unsent_control;  // at most so much of `out` the peer has provoked
    terni_meta              *metas;           // scratch for one set of metadata
    uint32_t                 cap_metas;
};

// ---- native.c ----
void terni_native_fail(terni_engine *e, uint32_t code, const char *why);
// The stream is over for the engine: off the table, its memory and its credit given back.
void terni_native_forget(terni_engine *e, terni_stream *s);
// The parts of its message that came: they are whole, or nobody wants them.
void terni_native_free_arriving(terni_engine *e, arriving *a);
void terni_native_drop_arriving(terni_engine *e, terni_stream *s);
void terni_native_take_settings(terni_engine *e, const frame *f);

// ---- heads.c ----
// False for what is no protobuf, and without memory: the engine has then failed. Metadata go to
// e->metas.
bool terni_native_read_open(terni_engine *e, const frame *f, head *ret);
bool terni_native_read_headers(terni_engine *e, const frame *f, head *ret);
bool terni_native_read_close(terni_engine *e, const frame *f, head *ret);
bool terni_native_read_reset(const frame *f, head *ret);
bool terni_native_read_goaway(const frame *f, head *ret, uint32_t *ret_last_stream);
bool terni_native_read_number(const frame *f, uint64_t *ret_value);

// ---- receive.c ----
void terni_native_receive(terni_engine *e, const frame *f);

// ---- send.c ----
// Contiguous room for a control frame of `head_len` bytes of head; NULL fails the engine.
uint8_t *terni_native_begin_frame(terni_engine *e, frame_kind kind, uint8_t flags, uint32_t stream,
                                  size_t head_len, size_t body_len);
void     terni_native_send_window(terni_engine *e, uint32_t stream, uint64_t bytes);
void     terni_native_send_pong(terni_engine *e, const uint8_t *opaque);
void     terni_native_send_reset(terni_engine *e, uint32_t stream, uint32_t code, const char *why,
                                 bool is_not_processed);
void     terni_native_unwait(terni_engine *e, terni_stream *s);

// The parts of a frame: what is put goes to `p`, and the byte behind it is returned.
uint8_t *terni_native_put_prefix(uint8_t *p, frame_kind kind, unsigned flags, uint32_t stream,
                                 size_t head_len, size_t body_len);
size_t   terni_native_metadata_size(const terni_meta_list *list);
uint8_t *terni_native_put_metadata(uint8_t *p, unsigned number, const terni_meta_list *list);
// A frame of a message that may go now, whole: room for prefix and head, and then the body.
bool terni_native_fits_now(const terni_engine *e, const terni_body *body, size_t head_len);
int  terni_native_append_frame(terni_engine *e, const terni_body *body, size_t head_len,
                               uint8_t **ret_p);
int  terni_native_write_body(terni_engine *e, const terni_body *body);
// The message waits for its turn in the queue; NULL without memory.
waiting *terni_native_make_wait(terni_engine *e, terni_stream *s, const terni_body *body,
                                size_t close_len);

int  terni_native_message(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last);
int  terni_native_end(terni_engine *e, terni_stream *s);
void terni_native_cancel(terni_engine *e, terni_stream *s, uint32_t code, const char *why);
void terni_native_consumed(terni_engine *e, terni_stream *s, size_t len);
int  terni_native_headers(terni_engine *e, terni_stream *s, const terni_meta_list *metadata);
int  terni_native_finish(terni_engine *e, terni_stream *s, const terni_close *close,
                         const terni_body *body);
void terni_native_pump(terni_engine *e);

// ---- open.c ----
int terni_native_open(terni_engine *e, terni_stream *s, const terni_open *open,
                      const terni_body *body, bool is_last);

#endif
