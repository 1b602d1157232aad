// Takes texts apart and puts them together, in C++: handlers are lambdas, strings are views.
#include <iostream>
#include <map>

#include <tern/tern.hpp>

#include "words.tern.h"

namespace
{

// Shared by all handlers, which run in parallel: with a lock that parks.
struct census {
    tern::mutex lock;
    std::map<std::string, unsigned, std::less<>> n_seen;
};

// Calls `take` with each word, until that says no more.
template <typename Take>
void split(std::string_view text, Take take)
{
    for (size_t at = 0; (at = text.find_first_not_of(' ', at)) != text.npos;) {
        size_t end = std::min(text.find(' ', at), text.size());

        if (!take(text.substr(at, end - at)))
            return;
        at = end;
    }
}

unsigned remember(census &seen, std::string_view word)
{
    std::lock_guard<tern::mutex> hold(seen.lock);

    return ++seen.n_seen[std::string(word)];
}

}  // namespace

int main(int argc, char **argv)
{
    census seen;  // before the server, whose handlers use it
    tern::server srv{ tern_listen(argc > 1 ? argv[1] : "tcp://127.0.0.1:7002", nullptr) };

    srv.add(words_words_register,
            tern::on<&words_words_handlers::count>(
                [](tern_ctx *ctx, const words_text *text, words_tally *tally) {
                    std::string_view longest;

                    split(tern::view(text->text), [&](std::string_view word) {
                        tally->n_words++;
                        longest = word.size() > longest.size() ? word : longest;
                        return true;
                    });
                    if (longest.empty())
                        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "a text without a word");
                    tally->longest = tern::keep(ctx, longest);
                    return TERN_OK;
                }),
            tern::on<&words_words_handlers::split>(
                [&](tern_ctx *ctx, const words_text *text, words_words_split_out *out) {
                    tern_code code = TERN_OK;

                    split(tern::view(text->text), [&](std::string_view word) {
                        code = words_words_split_send(
                            out, WORDS_WORD(.word = tern::keep(ctx, word), .number = remember(seen, word)));
                        return code == TERN_OK;
                    });
                    return code;
                }),
            tern::on<&words_words_handlers::join>(
                [](tern_ctx *ctx, words_words_join_in *in, words_text *text) {
                    std::string all;

                    for (const words_word &word : tern::read(words_words_join_next, in))
                        all.append(all.empty() ? "" : " ").append(tern::view(word.word));
                    text->text = tern::keep(ctx, all);
                    return tern_ctx_check(ctx);
                }));
    return srv.serve();
}
