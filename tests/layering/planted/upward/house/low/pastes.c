// Nobody has written down what it uses, in one piece.
#define PLANTED(name) planted_##name

int PLANTED(mirror)(void);
int PLANTED(pastes)(void);
int PLANTED(pastes)(void) { return PLANTED(mirror)(); }
