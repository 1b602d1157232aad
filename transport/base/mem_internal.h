// transport/base/mem_internal.h: what the library's door to memory offers to its own files only.
#ifndef TRANSPORT_BASE_MEM_INTERNAL_H
#define TRANSPORT_BASE_MEM_INTERNAL_H

// Asks libc to return all free pages to the kernel; nothing where the program brought its own
// allocator. Walks every free piece of the process: for rare use, after much was given back.
void terni_mem_return_pages(void);

#endif
