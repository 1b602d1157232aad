// rpc/wire/h2/settings_internal.h: what each side tells of its limits.
#ifndef RPC_WIRE_H2_SETTINGS_INTERNAL_H
#define RPC_WIRE_H2_SETTINGS_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

void terni_h2_send_settings(terni_engine *e);
void terni_h2_take_settings(terni_engine *e, const h2_frame *f);

#endif
