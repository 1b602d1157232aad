// codegen/version.h: the generator's version, which its output carries.
#ifndef CODEGEN_VERSION_H
#define CODEGEN_VERSION_H

#define GEN_VERSION "0.1.0"

#endif
