// The servers' sessions over real sockets, for tests: ROOT, then "ready" and the
// ports of SMTP, POP3 and IMAP on stdout; ends with stdin. Users alice and bob
// of crepes.example have the password "secret".

#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <optional>

#include "app/serve_delivery.h"
#include "app/serve_loop.h"
#include "mailtool/serve/imap_session.h"
#include "mailtool/serve/pop3_session.h"
#include "mailtool/serve/smtp_session.h"

namespace {

using namespace mailtool;
using namespace mailtool::app;

std::int64_t now() { return ::time(nullptr); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  ServeDisk disk(argv[1]);
  ServedTree tree(disk, argv[1], now);
  ServedMaildrops drops(tree);
  ServeUsers users;
  for (const auto* name : {"alice", "bob"}) {
    users.add(name, Secret("secret"));
  }
  const ServeDelivery::Settings settings{
      "mx.crepes.example", {"crepes.example"}, now};
  ServeDelivery delivery(settings, users, tree, disk);
  const serve::SmtpSettings smtp{.host = settings.host,
                                 .clear_text_login = true};
  const serve::Pop3Settings pop3{.host = settings.host,
                                 .clear_text_login = true};
  const serve::ImapSettings imap{.host = settings.host,
                                 .clear_text_login = true};
  ServeLoop loop(disk);
  const auto listen = [&](ServeLoop::MakeSession make) -> std::uint16_t {
    const auto address = net::IpAddress::parse("127.0.0.1");
    auto listener = net::Listener::open({*address, 0});
    if (!listener) return 0;
    const auto port = listener->port();
    loop.listen(*std::move(listener), std::move(make));
    return port;
  };
  const auto smtp_port = listen(
      [&](const std::string& peer) {
        return serve::make_smtp_session(smtp, delivery, users, nullptr, peer);
      });
  const auto pop3_port =
      listen([&](const std::string&) {
        return serve::make_pop3_session(pop3, drops, users);
      });
  const auto imap_port =
      listen([&](const std::string&) {
        return serve::make_imap_session(imap, tree, users);
      });
  std::printf("ready %d %d %d\n", smtp_port, pop3_port, imap_port);
  std::fflush(stdout);
  loop.run(STDIN_FILENO);
  return 0;
}
