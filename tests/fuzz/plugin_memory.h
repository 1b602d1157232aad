// tests/fuzz/plugin_memory.h: codegen/memory.h, whose memory lives as long as a run of the plugin, for many runs.
#ifndef TESTS_FUZZ_PLUGIN_MEMORY_H
#define TESTS_FUZZ_PLUGIN_MEMORY_H

// All that the generator has allocated.
void plugin_memory_free_all(void);

#endif
