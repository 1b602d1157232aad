// A header and its .c are one node.
#ifndef LOW_COIN_INTERNAL_H
#define LOW_COIN_INTERNAL_H

int planted_coin(void);

#endif
