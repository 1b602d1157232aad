// codegen/name.h: how names of a .proto become names of C. Knows spelling, not what is taken.
#ifndef CODEGEN_NAME_H
#define CODEGEN_NAME_H

#include <stdbool.h>

// HelloRequest -> hello_request, HTTPServer -> http_server, demo.v1.Outer.Inner -> demo_v1_outer_inner.
char *gen_name_snake(const char *name);
// hello_request -> HELLO_REQUEST.
char *gen_name_upper(const char *name);
// The spelling of protoc-gen-c: demo.v1.HelloRequest -> Demo__V1__HelloRequest (the type) and
// demo__v1__hello_request (its functions).
char *gen_name_protobuf_c_type(const char *full_name);
char *gen_name_protobuf_c_function(const char *full_name);

// demo/greeter.proto -> demo/greeter, and as an identifier demo_greeter.
char *gen_name_stem(const char *path);
char *gen_name_identifier(const char *path);

// Why a member or a parameter cannot be called `name`: "a keyword of C", or NULL if it can.
const char *gen_name_why_not_member(const char *name);
// The same for something that every file sees, where the C library's functions stand already.
const char *gen_name_why_not_global(const char *name);

#endif
