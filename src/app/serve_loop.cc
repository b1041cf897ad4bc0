#include "app/serve_loop.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>
#include <utility>

namespace mailtool::app {
namespace {

using serve::Wait;
using std::chrono::milliseconds;

// What is held for a client that does not read: then it is not listened to.
constexpr std::size_t kMaxOut = 256 * 1024;
constexpr std::size_t kPortion = 64 * 1024;
// Fed at once where answers come of it: between two of them there is a look at
// how much is held.
constexpr std::size_t kFeed = 1024;
// Of one client, before the others have their turn; a portion is never cut.
constexpr milliseconds kTurn{5};
// Before clients are admitted again where there was no descriptor for one.
constexpr std::chrono::seconds kPause{1};

}  // namespace

ServeLoop::ServeLoop(ServeDisk& disk, const ServeLimits& limits)
    : disk_(disk),
      limits_(limits),
      spare_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const auto half = std::max<rlim_t>(1, files.rlim_cur / 2);
  if (half < limits_.connections) limits_.connections = half;
}

ServeLoop::~ServeLoop() {
  if (spare_ >= 0) ::close(spare_);
}

void ServeLoop::listen(net::Listener listener, MakeSession make,
                       std::string busy, bool implicit_tls) {
  doors_.push_back(
      {std::move(listener), std::move(make), std::move(busy), implicit_tls});
}

void ServeLoop::run(int stop_fd) {
  bool stop = false;
  while (!stop) {
    wait(stop_fd, stop);
    disk_.work();
    for (auto& client : clients_) go_on(*client);
    settle();
    for (auto& client : clients_) send(*client);
    std::erase_if(clients_, [](const auto& one) { return one->gone; });
  }
}

void ServeLoop::wait(int stop_fd, bool& stop) {
  std::vector<pollfd> all{{stop_fd, POLLIN, 0}};
  const bool admits = Clock::now() >= admits_from_;
  for (const auto& door : doors_) {
    all.push_back({admits ? door.listener.descriptor() : -1, POLLIN, 0});
  }
  for (const auto& one : watched_) all.push_back({one.descriptor, POLLIN, 0});
  // Once a second, for the upkeep.
  milliseconds timeout{disk_.is_working() ? 0 : 1000};
  const auto heard = clients_.size();
  for (const auto& client : clients_) all.push_back(look_at(*client, timeout));
  if (::poll(all.data(), all.size(), static_cast<int>(timeout.count())) < 0) {
    return;
  }
  stop = all[0].revents != 0;
  std::size_t at = 1;
  for (auto& door : doors_) {
    if (all[at++].revents != 0) admit(door);
  }
  for (const auto& one : watched_) {
    if (all[at++].revents != 0) one.readable();
  }
  for (std::size_t i = 0; i < heard; ++i, ++at) {
    auto& client = *clients_[i];
    const auto came = all[at].revents;
    if (client.shaking && came != 0) shake(client);
    if (client.shaking) continue;
    const bool more = client.full && (all[at].events & POLLIN) != 0;
    if (more || (came & (POLLIN | POLLHUP | POLLERR)) != 0) hear(client);
  }
}

pollfd ServeLoop::look_at(Client& client, milliseconds& timeout) {
  const auto now = Clock::now();
  const bool room = client.connection.wants_room();
  pollfd one{client.connection.descriptor(), 0, 0};
  const auto end = client.shaking ? *client.shaking + limits_.handshake
                                  : client.heard + client.session->patience();
  if (end > now) {
    timeout = std::min(timeout, std::chrono::ceil<milliseconds>(end - now));
  }
  if (client.shaking) {
    one.events = room ? POLLOUT : POLLIN;
    return one;
  }
  bool timed = client.resume.has_value();
  if (timed) {
    const auto left = std::chrono::ceil<milliseconds>(*client.resume - now);
    timeout = std::clamp(left, milliseconds(0), timeout);
  }
  const auto when_in_pace = [&](ServePace& pace, short event) {
    const auto until = pace.until(now);
    if (until == milliseconds(0)) {
      one.events = static_cast<short>(one.events | event);
    } else {
      timed = true;
      timeout = std::min(timeout, until);
    }
  };
  if (room || !client.out.empty()) when_in_pace(client.pace_out, POLLOUT);
  if (can_go_on(client)) timeout = milliseconds(0);
  const bool listens =
      !client.ended && client.session->wait() == Wait::octets &&
      client.out.size() < kMaxOut && client.in.size() < kPortion;
  if (listens) when_in_pace(client.pace_in, POLLIN);
  if (client.full && (one.events & POLLIN) != 0) timeout = milliseconds(0);
  // That it has hung up is looked at when its time comes.
  if (timed && one.events == 0) one.fd = -1;
  return one;
}

void ServeLoop::admit(Door& door) {
  while (true) {
    errno = 0;
    auto connection = door.listener.accept();
    const auto now = Clock::now();
    const bool exhausted = !connection && (errno == EMFILE || errno == ENFILE ||
                                           errno == ENOBUFS || errno == ENOMEM);
    if (exhausted) return turn_away(door);
    if (!connection) return;
    // To wait in the listener is no answer.
    if (clients_.size() >= limits_.connections) {
      if (!door.implicit_tls) (void)connection->write_some(door.busy);
      continue;
    }
    auto session = door.make(connection->peer());
    clients_.push_back(std::make_unique<Client>(
        Client{*std::move(connection), std::move(session), now,
               ServePace(rate_, now), ServePace(rate_, now)}));
    auto& client = *clients_.back();
    client.greets = door.implicit_tls;
    if (door.implicit_tls) {
      begin_tls(client);
    } else {
      client.session->begin(client.out);
    }
  }
}

// Where no descriptor is left there is the one that was kept for this.
void ServeLoop::turn_away(Door& door) {
  if (spare_ >= 0) ::close(std::exchange(spare_, -1));
  if (auto connection = door.listener.accept(); connection) {
    if (!door.implicit_tls) (void)connection->write_some(door.busy);
  }
  spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (spare_ < 0) admits_from_ = Clock::now() + kPause;
}

// What came in clear text behind the command that asked for TLS may be
// anybody's (CVE-2011-0411).
void ServeLoop::begin_tls(Client& client) {
  client.in.clear();
  client.shaking = Clock::now();
  auto identity = identity_ ? identity_() : nullptr;
  client.gone =
      !identity || !client.connection.begin_tls(std::move(identity));
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
  const auto room =
      std::min(client.pace_in.allowed(Clock::now()), buffer.size());
  if (room == 0) return;
  const auto count = client.connection.read_some(std::span(buffer).first(room));
  client.full = count && *count && **count == room;
  if (!count) {
    client.gone = true;
  } else if (*count && **count == 0) {
    client.ended = true;
  } else if (*count) {
    client.in.append(buffer.data(), **count);
    client.pace_in.passed(**count);
    client.heard = Clock::now();
  }
}

// Something can be done for it without waiting for anything: a long answer has
// a next portion, or commands of one flight are left.
bool ServeLoop::can_go_on(const Client& client) {
  if (client.gone || client.shaking || client.out.size() >= kMaxOut)
    return false;
  const auto wait = client.session->wait();
  return wait == Wait::room || (wait == Wait::octets && !client.in.empty());
}

// As far as it goes without waiting for anything.
void ServeLoop::go_on(Client& client) {
  auto& session = *client.session;
  if (client.shaking) {
    if (Clock::now() - *client.shaking >= limits_.handshake) client.gone = true;
    return;
  }
  const auto turn = Clock::now() + kTurn;
  while (!client.gone && client.out.size() < kMaxOut) {
    if (session.wait() == Wait::room) {
      const auto before = client.out.size();
      session.more(client.out);
      if (session.wait() != Wait::room) continue;
      // It has worked for its turn, and has nothing to say yet; or it has said
      // enough for one.
      if (client.out.size() == before || Clock::now() >= turn) break;
    } else if (session.wait() == Wait::octets && !client.in.empty()) {
      take(client);
    } else if (session.wait() == Wait::delay) {
      const auto now = Clock::now();
      if (!client.resume) client.resume = now + session.delay();
      if (now < *client.resume) break;
      client.resume.reset();
      // It was we who were silent.
      client.heard = now;
      session.elapsed(client.out);
    } else {
      break;
    }
  }
  tell(client);
  const bool silent = Clock::now() - client.heard >= session.patience();
  if (!silent) return;
  // One that takes nothing would not read a farewell either.
  client.gone = client.gone || !client.out.empty();
  if (session.wait() == Wait::octets) {
    session.dismiss(serve::Dismissal::silence, client.out);
  }
}

// What has come, as long as it is taken and not too much is held for it.
void ServeLoop::take(Client& client) {
  auto& session = *client.session;
  std::size_t used = 0;
  std::size_t portion = kFeed;
  while (used < client.in.size() && session.wait() == Wait::octets &&
         client.out.size() < kMaxOut) {
    const auto before = client.out.size();
    used += session.feed(std::string_view(client.in).substr(used, portion),
                         client.out);
    // What is answered by nothing is a message.
    portion = client.out.size() == before ? portion * 2 : kFeed;
  }
  client.in.erase(0, used);
}

// That something has changed is held for no client that does not read.
void ServeLoop::tell(Client& client) {
  if (!client.untold || client.out.size() >= kMaxOut) return;
  if (client.gone || client.session->wait() != Wait::octets) return;
  client.untold = false;
  client.session->changed(client.out);
}

// One sync for all that wait; what they do then may need another.
void ServeLoop::settle() {
  bool any = true;
  while (any) {
    any = disk_.is_dirty();
    if (any) disk_.sync();
    if (upkeep_) upkeep_();
    for (auto& client : clients_) {
      if (client->gone || client->session->wait() != Wait::verdict) continue;
      client->session->settled(client->out);
      // What has another portion has it in its turn.
      if (client->session->wait() != Wait::room) go_on(*client);
      // One that waits on, with nothing on its way to the disk, is asked again
      // later.
      const bool went_on = client->session->wait() != Wait::verdict;
      any = any || went_on || disk_.is_dirty();
    }
    any = any || disk_.is_dirty();
    if (!any) return;
    for (auto& client : clients_) {
      if (client->gone || client->shaking) continue;
      client->untold = true;
      tell(*client);
    }
  }
}

void ServeLoop::send(Client& client) {
  while (!client.gone && !client.out.empty()) {
    const auto room =
        std::min(client.pace_out.allowed(Clock::now()), client.out.size());
    if (room == 0) return;
    const auto octets = std::max(room, client.tried);
    const auto count = client.connection.write_some(
        std::string_view(client.out).substr(0, octets));
    client.tried = count && *count == 0 ? octets : 0;
    if (!count) {
      client.gone = true;
    } else if (*count == 0) {
      return;
    } else {
      client.pace_out.passed(*count);
      client.heard = Clock::now();
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
