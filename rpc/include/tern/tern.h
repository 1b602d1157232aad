// tern/tern.h: all of libtern. For programs that would rather not choose; what generated code includes is enough for
// most. The libraries beside it have headers of their own: <tern/tls.h>, <tern/json.h>, and those of libtern-wkt.
#ifndef TERN_TERN_H
#define TERN_TERN_H

#include <tern/address.h>
#include <tern/base.h>
#include <tern/block.h>
#include <tern/call.h>
#include <tern/channel.h>
#include <tern/compression.h>
#include <tern/cond.h>
#include <tern/conn.h>
#include <tern/conn_filter.h>
#include <tern/conn_io.h>
#include <tern/ctx.h>
#include <tern/dialer.h>
#include <tern/extension.h>
#include <tern/fiber.h>
#include <tern/filter_source.h>
#include <tern/group.h>
#include <tern/identity.h>
#include <tern/linkbuf.h>
#include <tern/listener.h>
#include <tern/log.h>
#include <tern/mem.h>
#include <tern/message.h>
#include <tern/metadata.h>
#include <tern/mutex.h>
#include <tern/offload.h>
#include <tern/operator.h>
#include <tern/opts.h>
#include <tern/outgoing.h>
#include <tern/poller.h>
#include <tern/queue.h>
#include <tern/reflection.h>
#include <tern/server.h>
#include <tern/status.h>
#include <tern/stub.h>
#include <tern/task.h>
#include <tern/ticket.h>
#include <tern/timer.h>
#include <tern/version.h>
#include <tern/wait_group.h>
#include <tern/waiters.h>
#include <tern/without_grpc.h>

#endif
