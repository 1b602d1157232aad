// transport/net/conn_input_internal.h: the functions of a connection's operator that are about input, see
// <tern/operator.h>.
#ifndef TRANSPORT_NET_CONN_INPUT_INTERNAL_H
#define TRANSPORT_NET_CONN_INPUT_INTERNAL_H

#include <tern/operator.h>

int  terni_conn_inputs(tern_operator *op, struct iovec *iov, int max);
void terni_conn_input_ack(tern_operator *op, ssize_t n);
void terni_conn_input_adopt(tern_operator *op, tern_block *block, uint8_t *pos, size_t n);

#endif
