// Writes rpc/wire/h2/huffman_table_internal.h. RFC 7541's Huffman code is canonical, so that the lengths
// of its codes are all there is to know, and nghttp2's deflater tells them.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

enum { N_SYMBOLS = 256, SHORT_BITS = 8, MAX_BITS = 30 };

static unsigned n_bits[N_SYMBOLS];

// Eight of the symbol have as many bytes as one has bits. Zeroes, of five bits each, make the whole
// shorter than it would be without Huffman, which is when the deflater uses it.
static unsigned measure(nghttp2_hd_deflater *deflater, int symbol)
{
    enum { N = 8, N_ZEROES = 200, ZEROES_LEN = N_ZEROES * 5 / 8, LEN_AT = 3 };
    uint8_t    name[] = "x", value[N + N_ZEROES], block[512];
    nghttp2_nv nv = { name, value, 1, sizeof value, NGHTTP2_NV_FLAG_NO_INDEX };

    memset(value, symbol, N);
    memset(value + N, '0', N_ZEROES);
    // Never indexed, the name, and a length that needs two bytes.
    if (nghttp2_hd_deflate_hd(deflater, block, sizeof block, &nv, 1) < 0 || block[LEN_AT] != 0xff ||
        block[LEN_AT + 1] >= 0x80)
        abort();
    return 0x7fu + block[LEN_AT + 1] - ZEROES_LEN;
}

static void measure_all(void)
{
    nghttp2_hd_deflater *deflater;

    if (nghttp2_hd_deflate_new(&deflater, 4096) != 0)
        abort();
    for (int i = 0; i < N_SYMBOLS; i++)
        n_bits[i] = measure(deflater, i);
    nghttp2_hd_deflate_del(deflater);
}

static void print_short(void)
{
    unsigned prefix = 0;

    printf(
        "// By the next eight bits: a symbol and, in the lower half, its bits; 0 where it has more.\n");
    printf("static const uint16_t short_codes[256] = {");
    for (unsigned bits = 1; bits <= SHORT_BITS; bits++)
        for (unsigned i = 0; i < N_SYMBOLS; i++)
            for (unsigned k = 0; n_bits[i] == bits && k < 1u << (SHORT_BITS - bits); k++)
                printf("%s0x%04x,", prefix++ % 12 ? " " : "\n    ", i << 8 | bits);
    printf("\n};\n\n");
}

static void print_long_symbols(void)
{
    unsigned n = 0;

    printf("// Those of more than eight bits, in the order of their codes.\n");
    printf("static const uint8_t long_symbols[] = {");
    for (unsigned bits = SHORT_BITS + 1; bits <= MAX_BITS; bits++)
        for (unsigned i = 0; i < N_SYMBOLS; i++)
            if (n_bits[i] == bits)
                printf("%s0x%02x,", n++ % 16 ? " " : "\n    ", i);
    printf("\n};\n\n");
}

static unsigned count(unsigned bits)
{
    unsigned n = 0;

    for (unsigned i = 0; i < N_SYMBOLS; i++)
        n += n_bits[i] == bits;
    return n;
}

static void print_long_rows(void)
{
    uint32_t code = 0;
    unsigned at = 0;

    printf(
        "// Of each length: what the next 32 bits are below, and the first code and where its symbol is.\n");
    printf("static const struct {\n    uint32_t end, first;\n    uint8_t  at, n_bits;\n}");
    printf(" long_codes[] = {\n");
    for (unsigned bits = 1; bits <= MAX_BITS; bits++, code <<= 1) {
        unsigned n = count(bits);

        if (bits > SHORT_BITS && n) {
            printf("    { 0x%08x, 0x%08x, %3u, %2u },\n", (code + n) << (32 - bits), code, at,
                   bits);
            at += n;
        }
        code += n;
    }
    printf("};\n\n");
}

int main(void)
{
    measure_all();
    printf(
        "// rpc/wire/h2/huffman_table_internal.h: the code of RFC 7541, appendix B, for huffman.c. Made by\n"
        "//     bazel run //tests/rpc/wire/h2:make_huffman >rpc/wire/h2/huffman_table_internal.h\n"
        "// clang-format off\n"
        "#ifndef RPC_WIRE_H2_HUFFMAN_TABLE_INTERNAL_H\n"
        "#define RPC_WIRE_H2_HUFFMAN_TABLE_INTERNAL_H\n\n"
        "#include <stdint.h>\n\n");
    print_short();
    print_long_symbols();
    print_long_rows();
    printf("#endif\n");
    return 0;
}
