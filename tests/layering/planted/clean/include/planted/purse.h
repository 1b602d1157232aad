// Implemented by low/purse.c, and lower than it: its words are in low/tray_internal.h too.
#ifndef PLANTED_PURSE_H
#define PLANTED_PURSE_H

struct planted_coins {
    int count;
};

int planted_purse(void);

// Whoever calls it uses this header, which is no other file than the one that implements it.
static inline int planted_purse_twice(void) { return 2 * planted_purse(); }

#endif
