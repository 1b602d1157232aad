// transport/net/conn_input_internal.h: the functions of a connection's operator that are about input, see
// <tern/operator.h>; and what they are made of, for those whose input takes another way.
#ifndef TRANSPORT_NET_CONN_INPUT_INTERNAL_H
#define TRANSPORT_NET_CONN_INPUT_INTERNAL_H

#include <tern/conn.h>
#include <tern/operator.h>

int  terni_conn_inputs(tern_operator *op, struct iovec *iov, int max);
void terni_conn_input_ack(tern_operator *op, ssize_t n);
void terni_conn_input_adopt(tern_operator *op, tern_block *block, uint8_t *pos, size_t n);

// Where the next bytes go: in a block of `size` if in a fresh one, more than `in` has now; or where an announced
// message goes. NULL without memory. They count when they are committed.
uint8_t *terni_conn_input_room(tern_conn *c, size_t size, size_t *ret_len);
void     terni_conn_input_tell(tern_conn *c);             // there are more
void     terni_conn_input_end(tern_conn *c);              // there will be none
void     terni_conn_input_learn(tern_conn *c, size_t n);  // from a read of `n` bytes

#endif
