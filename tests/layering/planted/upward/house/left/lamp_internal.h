#ifndef HOUSE_LEFT_LAMP_INTERNAL_H
#define HOUSE_LEFT_LAMP_INTERNAL_H

int planted_lamp(void);

#endif
