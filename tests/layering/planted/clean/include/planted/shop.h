#ifndef PLANTED_SHOP_H
#define PLANTED_SHOP_H

int planted_shop(void);

#endif
