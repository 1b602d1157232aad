// A header for users stands where it is implemented: house/left.
#ifndef PLANTED_DOOR_H
#define PLANTED_DOOR_H

int planted_door(void);

#endif
