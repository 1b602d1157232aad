"""Fuzz targets that are ordinary tests as well.

tests/fuzz/<name>.c defines LLVMFuzzerTestOneInput; tests/fuzz/corpus/<name>/ holds its inputs.
In every config `bazel test` replays the corpus, cut and mangled variants of it and some random
inputs, the same ones each time. With --config=fuzz the same target is a libFuzzer program:

    bazel test //tests/fuzz:linkbuf_fuzz
    bazel build --config=fuzz //tests/fuzz:linkbuf_fuzz
    bazel-bin/tests/fuzz/linkbuf_fuzz -max_total_time=30 tests/fuzz/corpus/linkbuf_fuzz
"""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("//tools/bazel:copts.bzl", "COPTS")

def tern_fuzz_test(name, deps = [], max_len = 4096, runs = 300, copts = []):
    """One fuzz target.

    Args:
      name: also the name of its .c file and of its folder in corpus/.
      deps: what it tests.
      max_len: the longest input worth trying, in bytes.
      runs: how many random inputs a replay makes up.
      copts: more compiler flags.
    """
    corpus = "%s/corpus/%s" % (native.package_name(), name)
    files = native.glob(["corpus/%s/*" % name])
    cc_test(
        name = name,
        size = "small",
        srcs = [name + ".c"],
        # `bazel test --config=fuzz` is a short run; its finds stay in the sandbox and go with it.
        args = select({
            "//tools/bazel:fuzz": ["-max_total_time=30", "-max_len=%d" % max_len] +
                                  ([corpus] if files else []),
            "//conditions:default": [corpus, str(runs), str(max_len)],
        }),
        copts = COPTS + ["-UNDEBUG"] + copts,
        data = files,
        linkopts = select({
            "//tools/bazel:fuzz": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        deps = deps + select({
            "//tools/bazel:fuzz": [],
            "//conditions:default": ["//tests/fuzz:replay"],
        }),
    )
