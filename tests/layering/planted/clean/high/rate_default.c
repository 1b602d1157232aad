// Steps back behind low/rate.c: whoever uses the rate does not use this file, which uses the shop.
#include <planted/shop.h>

int                       planted_rate(void);
__attribute__((weak)) int planted_rate(void) { return planted_shop(); }
