#include "codegen/options.h"

#include <stdio.h>
#include <string.h>

#include <tern/version.h>

#include "codegen/memory.h"

static const char help[] =
    "protoc-gen-tern " TERN_VERSION
    ": a protoc plugin that writes C for messages and Tern services.\n"
    "\n"
    "  protoc --tern_out=DIR greeter.proto          writes DIR/greeter.tern.h and greeter.tern.c\n"
    "  protoc --tern_out=DIR --tern_opt=OPT ...     with options, separated by commas:\n"
    "\n"
    "    messages=tern         messages of our own, on the protobuf-c runtime (the default)\n"
    "    messages=protobuf-c   services only, for the messages of protoc-gen-c (greeter.pb-c.h)\n"
    "    descriptors=embedded  the .proto itself, for servers with reflection (the default)\n"
    "    descriptors=none      without it\n"
    "\n"
    "protoc finds the plugin in PATH, or by --plugin=protoc-gen-tern=/path/to/protoc-gen-tern.\n"
    "  protoc-gen-tern --help | --version\n";

static bool parse_one(gen_options *o, const char *option)
{
    if (!*option || strcmp(option, "messages=tern") == 0)
        return true;
    if (strcmp(option, "messages=protobuf-c") == 0)
        return o->is_protobuf_c = true;
    if (strcmp(option, "descriptors=embedded") == 0)
        return true;
    if (strcmp(option, "descriptors=none") == 0)
        return !(o->embeds_descriptors = false);
    return false;
}

const char *gen_options_parse(gen_options *o, const char *parameter)
{
    *o = (gen_options){ .embeds_descriptors = true };
    for (const char *s = parameter ? parameter : ""; *s;) {
        size_t      len = strcspn(s, ",");
        const char *option = gen_strndup(s, len);

        if (!parse_one(o, option))
            return gen_format("`%s` is not an option of protoc-gen-tern; there are messages=tern, "
                              "messages=protobuf-c, descriptors=embedded and descriptors=none",
                              option);
        s += len + (s[len] == ',');
    }
    return NULL;
}

int gen_options_answer(const char *argument)
{
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
        return fputs(help, stdout) < 0;
    if (strcmp(argument, "--version") == 0)
        return puts("protoc-gen-tern " TERN_VERSION) < 0;
    fprintf(stderr,
            "protoc-gen-tern: `%s` is not an option; protoc runs this program, see --help\n",
            argument);
    return 2;
}
