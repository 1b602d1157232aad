// A server and its client in C++17, with the macros of C and the handles of tern.hpp.
#include <iostream>

#include <tern/tern.hpp>

#include "atlas.tern.h"

int main()
{
    tern::server srv{ tern_listen("tcp://127.0.0.1:0", nullptr) };

    srv.add(demo_atlas_register, tern::on<&demo_atlas_handlers::find>(
                                     [](tern_ctx *, const demo_question *question, demo_place *place) {
                                         place->name = question->name;
                                         return TERN_OK;
                                     }));
    if (tern_report(tern_server_start(srv, nullptr, 0)))
        return 1;
    tern::channel ch{ tern_connect(tern_server_address(srv), nullptr) };

    std::cout << tern::call(demo_atlas_find, ch, DEMO_QUESTION(.name = "South Pole")).value().name << '\n';
    ch.reset();
    tern_server_stop(srv);
    return tern_report(tern_server_wait(srv));
}
