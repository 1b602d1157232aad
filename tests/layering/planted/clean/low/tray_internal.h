#ifndef LOW_TRAY_INTERNAL_H
#define LOW_TRAY_INTERNAL_H

#include <planted/purse.h>

struct planted_tray {
    struct planted_coins coins;
};

int planted_tray(void);

#endif
