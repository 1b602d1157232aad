// tern/without_grpc.h: for programs that link libtern.a and whose peers are all Tern's: leaves out the wire that gRPC
// speaks, 60 KiB. Their servers do not understand HTTP/2 any more, and grpc:// is an address that cannot be used.
//
// Lifetime:  decided when the program is linked. libtern.so has all wires in any case.
//
//   #include <tern/without_grpc.h>
//   TERN_WITHOUT_GRPC;  // in one of its files, outside of all functions
#ifndef TERN_WITHOUT_GRPC_H
#define TERN_WITHOUT_GRPC_H

#ifdef __cplusplus
extern "C" {
#endif

extern const void *tern_grpc_wire;

#ifdef __cplusplus
}
#endif

// The library's own is not taken out of the archive then, nor all that it leads to.
#define TERN_WITHOUT_GRPC const void *tern_grpc_wire = 0

#endif
