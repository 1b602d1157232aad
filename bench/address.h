// bench/address.h: `tcp://HOST:PORT` and `unix:///PATH` as sockets. Knows nothing of what they
// carry, nor of Tern: a yardstick must not lean on what it measures. HOST is a number, not a name.
//
// Lifetime: plain values and descriptors; the caller closes what it gets.
// Threads:  any. Errors end the program with a sentence: every user is a command line tool.
//
//   int  listener = address_listen("tcp://127.0.0.1:0");
//   char text[ADDRESS_TEXT_SIZE];
//   printf("listening on %s\n", address_of(listener, text));
#ifndef BENCH_ADDRESS_H
#define BENCH_ADDRESS_H

#define ADDRESS_TEXT_SIZE 128

// A non-blocking listening socket.
int address_listen(const char *address);

// A connected, non-blocking socket; TCP has Nagle's delay turned off.
int address_connect(const char *address);

// Where `fd` is bound, written to `text`, which is returned.
char *address_of(int fd, char text[ADDRESS_TEXT_SIZE]);

// One descriptor per connection: raises the soft limit to the hard one and returns it.
unsigned long address_raise_fd_limit(void);

#endif
