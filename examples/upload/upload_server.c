// Takes uploads of any size in constant memory: a message is gone when the next one is asked for.
#include "checksum.h"
#include "upload.tern.h"

static tern_code receive(tern_ctx *ctx, upload_upload_send_in *in, upload_receipt *receipt)
{
    const upload_chunk *chunk;

    receipt->checksum = CHECKSUM_START;
    while ((chunk = upload_upload_send_next(in))) {
        receipt->n_chunks++;
        receipt->n_bytes += chunk->data.len;
        receipt->checksum = checksum(receipt->checksum, chunk->data.data, chunk->data.len);
    }
    return tern_ctx_check(ctx);  // TERN_OK only if the client has sent everything
}

int main(int argc, char **argv)
{
    TERN_AUTO(tern_server) *srv = tern_listen(argc > 1 ? argv[1] : "tcp://127.0.0.1:7002", NULL);

    upload_upload_register(srv, &(upload_upload_handlers){ .send = receive }, NULL);
    return tern_serve(srv);
}
