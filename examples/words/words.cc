// words [ADDRESS] TEXT: has a text counted, taken apart, and put together again, in C++.
#include <iostream>

#include <tern/tern.hpp>

#include "words.tern.h"

namespace
{

void count(tern_channel *ch, const char *text)
{
    const tern_call_opts opts = [] {
        tern_call_opts o{};
        o.wait_for_ready = true;  // the server may only just have been started
        return o;
    }();
    auto tally = tern::call(words_words_count, ch, WORDS_TEXT(.text = text), &opts);

    std::cout << tally.value().n_words << " words, the longest is " << tally->longest << '\n';
}

// Both streams at once: what comes out of one goes into the other.
void split_and_join(tern_channel *ch, const char *text)
{
    tern::stream<words_words_split_stream> words(words_words_split(ch, WORDS_TEXT(.text = text), nullptr));
    tern::stream<words_words_join_stream> all(words_words_join(ch, nullptr));

    for (const words_word &word : tern::read(words_words_split_next, words)) {
        std::cout << word.number << ' ' << tern::view(word.word) << '\n';
        if (words_words_join_send(all, &word) != TERN_OK)
            break;  // _finish says why
    }
    tern::check(words_words_split_status(words));
    std::cout << tern::finish(words_words_join_finish, all).value().text << '\n';
}

// With callbacks, on a poller of our own.
void count_all(const char *address, const char *text)
{
    tern::poller poller{ tern_poller_new(nullptr) };
    tern_channel_opts opts{};
    opts.poller = poller;
    tern::channel ch{ tern_connect(address, &opts) };
    unsigned n_words = 0;

    for (int i = 0; i < 3; i++)
        tern::async(words_words_count_async, ch, WORDS_TEXT(.text = text), nullptr,
                    [&](const tern_status &st, const words_tally *tally) {
                        n_words += st.code ? 0 : tally->n_words;
                    });
    if (tern_poller_run_until_idle(poller) == 0)
        std::cout << "three times: " << n_words << " words\n";
}

}  // namespace

int main(int argc, char **argv)
try {
    const char *address = argc > 2 ? argv[1] : "tcp://127.0.0.1:7002";
    const char *text = argc > 1 ? argv[argc - 1] : "of making many books there is no end";
    tern::channel ch{ tern_connect(address, nullptr) };

    count(ch, text);
    split_and_join(ch, text);
    count_all(address, text);
    return 0;
} catch (const tern::error &e) {
    return tern_report(e.status);
}
