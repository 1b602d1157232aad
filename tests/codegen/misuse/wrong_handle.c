// error: incompatible
#include "route.tern.h"

void finish(route_guide_chat_io *io);
void finish(route_guide_chat_io *io) { route_guide_list_features_finish(io, TERN_OK); }
