#ifndef LOW_RIGHT_INTERNAL_H
#define LOW_RIGHT_INTERNAL_H

struct planted_right {
    int weight;
};

int planted_right(void);

#endif
