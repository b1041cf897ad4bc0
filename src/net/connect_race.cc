#include "net/connect_race.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

#include "mailtool/base/printable.h"

namespace mailtool::net {
namespace {

using Clock = RunLimits::Clock;

// RFC 8305 section 5: Connection Attempt Delay.
constexpr std::chrono::milliseconds kAttemptDelay{250};
// Reasons told in full in an error line.
constexpr std::size_t kReasonsShown = 4;

class Race {
 public:
  Race(const std::vector<Endpoint>& endpoints,
       const std::optional<IpAddress>& source, const Budget& budget)
      : endpoints_(endpoints), source_(source), budget_(budget) {}

  Result<Connected> run();

 private:
  struct Attempt {
    Socket socket;
    Endpoint peer;
  };

  Result<void> start_next();
  std::optional<Connected> reap(std::span<const pollfd> polled);
  void failed(const Endpoint& peer, std::string_view why) {
    reasons_.push_back(peer.to_string() + ": " + std::string(why));
  }
  [[nodiscard]] Error all_failed() const;
  [[nodiscard]] Error out_of_time() const;

  const std::vector<Endpoint>& endpoints_;
  const std::optional<IpAddress>& source_;
  const Budget& budget_;
  std::size_t next_ = 0;
  std::vector<Attempt> attempts_;
  std::vector<std::string> reasons_;
};

// A peer that has gone without a word is noticed also while nothing is said for
// long, and address translators on the way do not forget the connection.
void keep_alive(const Socket& socket) {
  const auto set = [&](int level, int option, int value) {
    ::setsockopt(socket.descriptor(), level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
  set(IPPROTO_TCP, TCP_KEEPIDLE, 120);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 30);
  set(IPPROTO_TCP, TCP_KEEPCNT, 4);
#endif
}

// Starts attempts until one is under way or none is left. Fails only when the
// system has no socket to give.
Result<void> Race::start_next() {
  while (next_ < endpoints_.size()) {
    const Endpoint& peer = endpoints_[next_++];
    const int family = peer.address.v6 ? AF_INET6 : AF_INET;
    Socket socket(
        ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.descriptor() < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
          errno == ENOMEM)
        return Error{ErrorKind::system, "no socket: " + errno_text(errno)};
      failed(peer, errno_text(errno));
      continue;
    }
    const int on = 1;
    ::setsockopt(socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    keep_alive(socket);
    if (source_) {
      const SocketAddress from(Endpoint{*source_, 0});
      if (::bind(socket.descriptor(), from.get(), from.octets) != 0) {
        failed(peer, "cannot start from " + source_->to_string() + ": " +
                         errno_text(errno));
        continue;
      }
    }
    const SocketAddress to(peer);
    if (::connect(socket.descriptor(), to.get(), to.octets) != 0 &&
        errno != EINPROGRESS) {
      failed(peer, errno_text(errno));
      continue;
    }
    attempts_.push_back({std::move(socket), peer});
    return {};
  }
  return {};
}

// Takes the outcomes that poll saw; the first connection made is the winner.
std::optional<Connected> Race::reap(std::span<const pollfd> polled) {
  for (std::size_t i = polled.size(); i-- > 0;) {
    if (polled[i].revents == 0) continue;
    int outcome = 0;
    socklen_t octets = sizeof outcome;
    if (::getsockopt(attempts_[i].socket.descriptor(), SOL_SOCKET, SO_ERROR,
                     &outcome, &octets) != 0)
      outcome = errno;
    if (outcome == 0)
      return Connected{std::move(attempts_[i].socket), attempts_[i].peer};
    failed(attempts_[i].peer, errno_text(outcome));
    attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return std::nullopt;
}

Error Race::all_failed() const {
  std::string what = "cannot connect to ";
  for (std::size_t i = 0; i < reasons_.size() && i < kReasonsShown; ++i)
    what += (i > 0 ? "; " : "") + reasons_[i];
  if (reasons_.size() > kReasonsShown)
    what += "; and " + std::to_string(reasons_.size() - kReasonsShown) +
            " more addresses";
  return Error{ErrorKind::unreachable, what};
}

Error Race::out_of_time() const {
  std::string what = "no connection to " + attempts_.front().peer.to_string();
  if (attempts_.size() > 1)
    what += " or " + std::to_string(attempts_.size() - 1) + " more";
  return Error{ErrorKind::timed_out,
               what + " within " + duration_text(budget_.length)};
}

Result<Connected> Race::run() {
  while (true) {
    if (auto started = start_next(); !started) return started.error();
    if (attempts_.empty()) return all_failed();
    const auto turn =
        next_ < endpoints_.size()
            ? std::min(Clock::now() + kAttemptDelay, budget_.until)
            : budget_.until;
    std::vector<pollfd> polled;
    for (const auto& attempt : attempts_)
      polled.push_back(pollfd{attempt.socket.descriptor(), POLLOUT, 0});
    const auto ready = poll_until(polled, turn, budget_.run);
    if (!ready) return ready.error();
    if (*ready) {
      if (auto winner = reap(polled)) return std::move(*winner);
    } else if (Clock::now() >= budget_.until) {
      return out_of_time();
    }
  }
}

}  // namespace

std::vector<Endpoint> interleave(const std::vector<Endpoint>& endpoints) {
  std::vector<Endpoint> first;
  std::vector<Endpoint> second;
  for (const auto& endpoint : endpoints)
    (endpoint.address.v6 == endpoints.front().address.v6 ? first : second)
        .push_back(endpoint);
  std::vector<Endpoint> mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

Result<Connected> connect_first(const std::vector<Endpoint>& endpoints,
                                const std::optional<IpAddress>& source,
                                const Budget& budget) {
  auto order = endpoints;
  if (order.size() > kMaxAttempts) order.resize(kMaxAttempts);
  return Race(order, source, budget).run();
}

Result<Socket> connect_unix(const std::string& path, const Budget& budget) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path ||
      path.find('\0') != path.npos)
    return Error{
        ErrorKind::usage,
        "the path of a socket has 1 to 107 octets: " + printable(path, 200)};
  std::memcpy(address.sun_path, path.data(), path.size());
  Socket socket(
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.descriptor() < 0)
    return Error{ErrorKind::system, "no socket: " + errno_text(errno)};
  // A listener whose queue is full says EAGAIN and has no event to wait for.
  while (::connect(socket.descriptor(),
                   reinterpret_cast<const sockaddr*>(&address),
                   sizeof address) != 0) {
    if (errno != EAGAIN && errno != EINTR)
      return Error{
          ErrorKind::unreachable,
          "cannot connect to " + printable(path) + ": " + errno_text(errno)};
    const auto turn =
        std::min(budget.until, Clock::now() + std::chrono::milliseconds(50));
    if (auto waited = poll_until({}, turn, budget.run); !waited)
      return waited.error();
    if (auto time_left = budget.check("no connection"); !time_left)
      return time_left.error();
  }
  return socket;
}

}  // namespace mailtool::net
