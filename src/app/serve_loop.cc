#include "app/serve_loop.h"

#include <poll.h>

#include <array>
#include <utility>

namespace mailtool::app {
namespace {

using serve::Wait;

// What is held for a client that does not read: then it is not listened to.
constexpr std::size_t kMaxOut = 256 * 1024;
constexpr std::size_t kPortion = 64 * 1024;
// Of a handshake, as a whole.
constexpr std::chrono::seconds kHandshake{60};

}  // namespace

void ServeLoop::listen(net::Listener listener, MakeSession make,
                       bool implicit_tls) {
  doors_.push_back({std::move(listener), std::move(make), implicit_tls});
}

void ServeLoop::run(int stop_fd) {
  bool stop = false;
  while (!stop) {
    wait(stop_fd, stop);
    for (auto& client : clients_) go_on(*client);
    settle();
    for (auto& client : clients_) send(*client);
    std::erase_if(clients_, [](const auto& one) { return one->gone; });
  }
}

void ServeLoop::wait(int stop_fd, bool& stop) {
  std::vector<pollfd> all{{stop_fd, POLLIN, 0}};
  const bool room = clients_.size() < kMaxConnections;
  for (const auto& door : doors_) {
    all.push_back({room ? door.listener.descriptor() : -1, POLLIN, 0});
  }
  for (const auto& client : clients_) {
    all.push_back({client->connection.descriptor(), events(*client), 0});
  }
  // Once a second, for those that are silent.
  const auto heard = clients_.size();
  if (::poll(all.data(), all.size(), 1000) < 0) return;
  stop = all[0].revents != 0;
  std::size_t at = 1;
  for (auto& door : doors_) {
    if (all[at++].revents != 0) admit(door);
  }
  for (std::size_t i = 0; i < heard; ++i, ++at) {
    if (all[at].revents == 0) continue;
    if (clients_[i]->shaking) {
      shake(*clients_[i]);
    } else if ((all[at].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
      hear(*clients_[i]);
    }
  }
}

short ServeLoop::events(const Client& client) {
  const bool room = client.connection.wants_room();
  if (client.shaking) return room ? POLLOUT : POLLIN;
  const bool listens = !client.ended &&
                       client.session->wait() == Wait::octets &&
                       client.out.size() < kMaxOut &&
                       client.in.size() < kPortion;
  const bool sends = room || !client.out.empty();
  return static_cast<short>((sends ? POLLOUT : 0) | (listens ? POLLIN : 0));
}

void ServeLoop::admit(Door& door) {
  while (clients_.size() < kMaxConnections) {
    auto connection = door.listener.accept();
    if (!connection) return;
    clients_.push_back(std::make_unique<Client>(
        Client{*std::move(connection), door.make(), Clock::now()}));
    auto& client = *clients_.back();
    client.greets = door.implicit_tls;
    if (door.implicit_tls) {
      begin_tls(client);
    } else {
      client.session->begin(client.out);
    }
  }
}

// What came in clear text behind the command that asked for TLS may be anybody's
// (CVE-2011-0411).
void ServeLoop::begin_tls(Client& client) {
  client.in.clear();
  client.shaking = Clock::now();
  client.gone = !identity_ || !client.connection.begin_tls(identity_);
}

void ServeLoop::shake(Client& client) {
  const auto info = client.connection.handshake();
  if (!info) {
    client.gone = true;
  } else if (*info) {
    client.shaking.reset();
    client.heard = Clock::now();
    client.session->secured(**info, client.out);
    if (std::exchange(client.greets, false)) client.session->begin(client.out);
  }
}

void ServeLoop::hear(Client& client) {
  std::array<char, kPortion> buffer;
  const auto count = client.connection.read_some(buffer);
  if (!count) {
    client.gone = true;
  } else if (*count && **count == 0) {
    client.ended = true;
  } else if (*count) {
    client.in.append(buffer.data(), **count);
    client.heard = Clock::now();
  }
}

// As far as it goes without waiting for anything.
void ServeLoop::go_on(Client& client) {
  auto& session = *client.session;
  if (client.shaking) {
    if (Clock::now() - *client.shaking > kHandshake) client.gone = true;
    return;
  }
  while (!client.gone && client.out.size() < kMaxOut) {
    if (session.wait() == Wait::room) {
      session.more(client.out);
    } else if (session.wait() == Wait::octets && !client.in.empty()) {
      client.in.erase(0, session.feed(client.in, client.out));
    } else {
      break;
    }
  }
  const bool silent = Clock::now() - client.heard > idle_limit_;
  if (silent && session.wait() == Wait::octets) session.timed_out(client.out);
}

// One sync for all that wait; what they do then may need another.
void ServeLoop::settle() {
  bool any = true;
  while (any) {
    any = disk_.is_dirty();
    if (any) disk_.sync();
    for (auto& client : clients_) {
      if (client->gone || client->session->wait() != Wait::verdict) continue;
      client->session->settled(client->out);
      go_on(*client);
      // One that waits on, with nothing on its way to the disk, is asked again
      // later.
      const bool went_on = client->session->wait() != Wait::verdict;
      any = any || went_on || disk_.is_dirty();
    }
    if (!any) return;
    for (auto& client : clients_) {
      const bool deaf = client->gone || client->shaking;
      if (deaf || client->session->wait() != Wait::octets) continue;
      client->session->changed(client->out);
    }
  }
}

void ServeLoop::send(Client& client) {
  while (!client.gone && !client.out.empty()) {
    const auto count = client.connection.write_some(client.out);
    if (!count) {
      client.gone = true;
    } else if (*count == 0) {
      return;
    } else {
      client.out.erase(0, *count);
    }
  }
  const auto wait = client.session->wait();
  if (wait == Wait::tls && !client.shaking && !client.gone) begin_tls(client);
  // What it sent before it ended is obeyed all the same.
  const bool over = client.ended && wait == Wait::octets && client.in.empty();
  if (over || wait == Wait::close) client.gone = true;
}

}  // namespace mailtool::app
