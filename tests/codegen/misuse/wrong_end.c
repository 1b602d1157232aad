// error: incompatible
#include "route.tern.h"

const route_point *next(route_guide_chat_stream *stream);
const route_point *next(route_guide_chat_stream *stream)
{
    return route_guide_chat_io_next(stream);  // the server's verb on the client's handle
}
