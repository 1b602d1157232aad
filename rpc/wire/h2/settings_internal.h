// rpc/wire/h2/settings_internal.h: what each side tells of its limits.
#ifndef RPC_WIRE_H2_SETTINGS_INTERNAL_H
#define RPC_WIRE_H2_SETTINGS_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

enum { H2_INITIAL_WINDOW_SIZE = 4 };

void terni_h2_send_settings(terni_engine *e);
// One that has changed. False: the engine has failed.
bool terni_h2_send_setting(terni_engine *e, unsigned number, uint32_t value);
void terni_h2_take_settings(terni_engine *e, const h2_frame *f);

#endif
