// The end of all sessions: each is told, and none is waited for.

#include <poll.h>

#include <algorithm>
#include <array>
#include <span>

#include "app/serve_loop.h"

namespace mailtool::app {
namespace {

using serve::Wait;
using std::chrono::milliseconds;

// For all of them together.
constexpr milliseconds kFarewell{200};
// Before what waits for others is looked at again.
constexpr milliseconds kLook{20};
// Of what a client still sends, each time: it may send for ever.
constexpr int kLostPortions = 16;

// A connection that is closed with something unread is reset, and with it what
// was said last may be lost.
void lose_what_comes(net::Connection& connection) {
  std::array<char, 64 * 1024> lost;
  for (int i = 0; i < kLostPortions; ++i) {
    const auto count = connection.read_some(std::span(lost));
    if (!count || !*count || **count == 0) return;
  }
}

}  // namespace

void ServeLoop::dismiss_all() {
  const auto until = Clock::now() + kFarewell;
  doors_.clear();
  for (auto& client : clients_) client->in.clear();
  while (true) {
    // First those that nothing is to be done for: they are told, however much
    // is to be done for others.
    for (auto& client : clients_) dismiss(*client);
    for (auto& client : clients_) send(*client);
    std::erase_if(clients_, [](const auto& one) { return one->gone; });
    const auto now = Clock::now();
    if (clients_.empty() || now >= until) break;
    auto timeout =
        std::min(kLook, std::chrono::ceil<milliseconds>(until - now));
    std::vector<pollfd> all;
    for (auto& client : clients_) all.push_back(look_at(*client, timeout));
    if (disk_.is_working()) timeout = milliseconds(0);
    (void)::poll(all.data(), all.size(), static_cast<int>(timeout.count()));
    disk_.work();
    for (auto& client : clients_) {
      if (Clock::now() < until) hasten(*client);
    }
    settle();
  }
  clients_.clear();
}

// Nothing more is asked of it.
void ServeLoop::dismiss(Client& client) {
  auto& session = *client.session;
  // Before there is TLS nothing can be said.
  if (client.shaking || session.wait() == Wait::tls) client.gone = true;
  if (client.gone || session.wait() != Wait::octets) return;
  lose_what_comes(client.connection);
  session.dismiss(serve::Dismissal::shutdown, client.out);
}

// What it has asked is answered as far as that goes without waiting; what is
// late on purpose is answered now.
void ServeLoop::hasten(Client& client) {
  if (client.session->wait() == Wait::delay) client.resume = Clock::now();
  go_on(client);
}

}  // namespace mailtool::app
