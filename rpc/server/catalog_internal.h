// rpc/server/catalog_internal.h: the .proto files that describe what a server serves, with all that they import, and what
// is to be found in them. Knows nothing of how it is asked.
//
// Lifetime:  terni_catalog_init, then terni_catalog_add for each file, then terni_catalog_link; terni_catalog_done.
//            Borrows the files, which are static.
// Threads:   read-only, hence shared, once it is linked.
// Invariant: no two files have one name. Each stands where it came: of two that declare the same symbol, as a program's
//            own health.proto and the library's do, the first counts.
#ifndef RPC_SERVER_CATALOG_INTERNAL_H
#define RPC_SERVER_CATALOG_INTERNAL_H

#include <tern/message.h>

#include "rpc/server/descriptor_internal.h"

typedef struct terni_catalog_file terni_catalog_file;
struct terni_catalog_file {
    terni_span name, bytes;
    size_t     first_import, n_imports;  // in the catalog's imports
    bool       has_extensions;
};

typedef struct terni_catalog terni_catalog;
struct terni_catalog {
    terni_catalog_file *files;
    size_t              n_files, cap_files;
    uint32_t           *imports;  // by index in `files`
    size_t              n_imports;
    size_t              n_extensions;  // that all files declare
};

void terni_catalog_init(terni_catalog *c);
void terni_catalog_done(terni_catalog *c);

// Adds `file` and what it leads to, but for what is there and for what has no bytes. NULL adds nothing. 0 or -ENOMEM.
TERN_NODISCARD int terni_catalog_add(terni_catalog *c, const tern_proto_file *file);
// Adds what the library has itself, and finds what each file imports. 0 or -ENOMEM.
TERN_NODISCARD int terni_catalog_link(terni_catalog *c);

// ---- questions -----------------------------------------------------------

// All: NULL if there is none.
const terni_catalog_file *terni_catalog_find_file(const terni_catalog *c, terni_span name);
const terni_catalog_file *terni_catalog_find_symbol(const terni_catalog *c, terni_span symbol,
                                                    terni_element *ret_element);
// `numbers` is room for n_extensions.
const terni_catalog_file *terni_catalog_find_extension(const terni_catalog *c, terni_span type,
                                                       int32_t number, int32_t *numbers);

// The numbers of all extensions of `type` into `numbers`, which has room for n_extensions: how many.
size_t terni_catalog_list_extensions(const terni_catalog *c, terni_span type, int32_t *numbers);
// `file` and all that it imports, however far, as indices: how many. `room` is for twice n_files.
size_t terni_catalog_list_closure(const terni_catalog *c, const terni_catalog_file *file,
                                  uint32_t *room);

#endif
