// c-ares 1.28 and newer mark what 1.18 has as deprecated.
#define CARES_NO_DEPRECATED
#include "net/dns_channel.h"

#include <ares.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

#include "net/wait.h"

namespace mailtool::net {
namespace {

// One try waits this long, the next twice as long.
constexpr int kTryMs = 2000;
constexpr int kTries = 3;
constexpr int kUdpOctets = 1232;
constexpr std::size_t kMaxDomains = 6;  // as resolv.conf(5) once had it

int library_status() {
  static std::once_flag once;
  static int status = ARES_SUCCESS;
  std::call_once(once, [] { status = ares_library_init(ARES_LIB_INIT_ALL); });
  return status;
}

// Sockets of our own making: no SIGPIPE from a name server that hangs up, and
// none of them is left to a child process.
ares_socket_t open_socket(int family, int type, int protocol, void*) {
  return ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}
int close_socket(ares_socket_t socket, void*) { return ::close(socket); }
int connect_socket(ares_socket_t socket, const sockaddr* address,
                   ares_socklen_t octets, void*) {
  return ::connect(socket, address, octets);
}
ares_ssize_t receive(ares_socket_t socket, void* into, size_t octets, int flags,
                     sockaddr* from, ares_socklen_t* from_octets, void*) {
  return ::recvfrom(socket, into, octets, flags, from, from_octets);
}
ares_ssize_t send_vector(ares_socket_t socket, const iovec* pieces, int count,
                         void*) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces);
  message.msg_iovlen = static_cast<std::size_t>(count);
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}
constexpr ares_socket_functions kSockets = {
    open_socket, close_socket, connect_socket, receive, send_vector};

void on_response(void* exchange_of, int status, int, unsigned char* octets,
                 int count) {
  auto& exchange = *static_cast<Exchange*>(exchange_of);
  exchange.done = true;
  exchange.status = status;
  if (octets != nullptr && count > 0)
    exchange.message.assign(reinterpret_cast<const char*>(octets),
                            static_cast<std::size_t>(count));
}

// By number, never by text: given a name, c-ares would quietly go on asking
// the system's servers.
int set_server(ares_channel channel, const Endpoint& server) {
  ares_addr_port_node node{};
  node.family = server.address.v6 ? AF_INET6 : AF_INET;
  if (server.address.v6)
    std::memcpy(&node.addr.addr6, server.address.octets.data(), 16);
  else
    std::memcpy(&node.addr.addr4, server.address.octets.data(), 4);
  node.udp_port = node.tcp_port = server.port;
  return ares_set_servers_ports(channel, &node);
}

Error cannot_ask(int status) {
  const auto kind =
      status == ARES_ENOMEM ? ErrorKind::system : ErrorKind::unresolved;
  return Error{
      kind, std::string("cannot ask a name server: ") + ares_strerror(status)};
}

}  // namespace

Result<std::unique_ptr<DnsChannel>> DnsChannel::open(
    const ResolverOptions& options, Transport transport, OnRefusal on_refusal) {
  if (const int status = library_status(); status != ARES_SUCCESS)
    return cannot_ask(status);
  ares_options settings{};
  settings.flags = ARES_FLAG_EDNS | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  if (on_refusal == OnRefusal::report) settings.flags |= ARES_FLAG_NOCHECKRESP;
  if (transport == Transport::tcp) settings.flags |= ARES_FLAG_USEVC;
  settings.ednspsz = kUdpOctets;
  settings.timeout = kTryMs;
  settings.tries = kTries;
  std::unique_ptr<DnsChannel> opened(new DnsChannel(options.run));
  int status = ares_init_options(
      &opened->channel_, &settings,
      ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
  if (status != ARES_SUCCESS) return cannot_ask(status);
  ares_set_socket_functions(opened->channel_, &kSockets, nullptr);
  if (options.dns_server) {
    status = set_server(opened->channel_, *options.dns_server);
    if (status != ARES_SUCCESS) return cannot_ask(status);
  }
  return opened;
}

DnsChannel::~DnsChannel() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

void DnsChannel::send(const std::string& query, Exchange& exchange) {
  ares_send(channel_, reinterpret_cast<const unsigned char*>(query.data()),
            static_cast<int>(query.size()), on_response, &exchange);
}

Result<void> DnsChannel::step(Clock::time_point until) {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  const auto bits = static_cast<unsigned>(
      ares_getsock(channel_, sockets.data(), ARES_GETSOCK_MAXNUM));
  std::array<pollfd, ARES_GETSOCK_MAXNUM> ready{};
  std::size_t count = 0;
  for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    short events = 0;
    if (ARES_GETSOCK_READABLE(bits, i)) events |= POLLIN;
    if (ARES_GETSOCK_WRITABLE(bits, i)) events |= POLLOUT;
    if (events != 0) ready[count++] = pollfd{sockets[i], events, 0};
  }
  timeval longest{1, 0};
  timeval wait{};
  const timeval* next = ares_timeout(channel_, &longest, &wait);
  const auto retry = Clock::now() + std::chrono::seconds(next->tv_sec) +
                     std::chrono::microseconds(next->tv_usec);
  auto polled =
      poll_until(std::span(ready).first(count), std::min(until, retry), run_);
  if (!polled) return polled.error();
  bool any = false;
  for (const auto& socket : std::span(ready).first(count)) {
    if (socket.revents == 0) continue;
    any = true;
    const bool writable = (socket.events & POLLOUT) != 0;
    const bool readable = (socket.events & POLLIN) != 0;
    ares_process_fd(channel_, readable ? socket.fd : ARES_SOCKET_BAD,
                    writable ? socket.fd : ARES_SOCKET_BAD);
  }
  if (!any) ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  return {};
}

std::size_t DnsChannel::server_count() const {
  ares_addr_port_node* servers = nullptr;
  if (ares_get_servers_ports(channel_, &servers) != ARES_SUCCESS) return 1;
  std::size_t count = 0;
  for (const auto* one = servers; one != nullptr; one = one->next) ++count;
  ares_free_data(servers);
  return count;
}

bool DnsChannel::all_on_loopback() const {
  ares_addr_port_node* servers = nullptr;
  if (ares_get_servers_ports(channel_, &servers) != ARES_SUCCESS) return false;
  bool all = servers != nullptr;
  for (const auto* one = servers; one != nullptr; one = one->next) {
    IpAddress address;
    address.v6 = one->family == AF_INET6;
    if (address.v6)
      std::memcpy(address.octets.data(), &one->addr.addr6, 16);
    else
      std::memcpy(address.octets.data(), &one->addr.addr4, 4);
    all = all && address.is_loopback();
  }
  ares_free_data(servers);
  return all;
}

std::vector<std::string> DnsChannel::domains() const {
  std::vector<std::string> found;
  ares_options settings{};
  int mask = 0;
  if (ares_save_options(channel_, &settings, &mask) != ARES_SUCCESS)
    return found;
  for (int i = 0; i < settings.ndomains && found.size() < kMaxDomains; ++i)
    found.emplace_back(settings.domains[i]);
  ares_destroy_options(&settings);
  return found;
}

}  // namespace mailtool::net
