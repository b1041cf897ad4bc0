#include "fake_dns_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "mailtool/base/ascii.h"

namespace mailtool::net::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int bind_to(int type, std::uint16_t port) {
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
      0)
    return fd;
  ::close(fd);
  return -1;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t octets = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &octets);
  return ntohs(address.sin_port);
}

bool receive_exactly(int fd, std::string& into) {
  std::size_t at = 0;
  while (at < into.size()) {
    const auto got = ::recv(fd, into.data() + at, into.size() - at, 0);
    if (got <= 0) return false;
    at += static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

FakeDnsServer::FakeDnsServer(Handler handler) : handler_(std::move(handler)) {
  for (int tries = 0; tries < 20 && tcp_ < 0; ++tries) {
    if (udp_ >= 0) ::close(udp_);
    udp_ = bind_to(SOCK_DGRAM, 0);
    port_ = port_of(udp_);
    tcp_ = bind_to(SOCK_STREAM, port_);
  }
  if (tcp_ < 0 || ::listen(tcp_, 8) != 0)
    throw std::runtime_error("no port for the fake name server");
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { serve(); });
}

FakeDnsServer::~FakeDnsServer() {
  const std::uint64_t one = 1;
  if (::write(stop_, &one, sizeof one) != sizeof one) std::terminate();
  thread_.join();
  for (const int fd : {udp_, tcp_, stop_}) ::close(fd);
}

Endpoint FakeDnsServer::endpoint() const {
  return {IpAddress::parse("127.0.0.1").value(), port_};
}

std::vector<std::string> FakeDnsServer::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

void FakeDnsServer::serve() {
  while (true) {
    std::array<pollfd, 3> fds = {pollfd{stop_, POLLIN, 0},
                                 pollfd{udp_, POLLIN, 0},
                                 pollfd{tcp_, POLLIN, 0}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[0].revents != 0) return;
    if (fds[1].revents != 0) serve_udp();
    if (fds[2].revents != 0) serve_tcp();
  }
}

void FakeDnsServer::serve_udp() {
  std::array<char, 2000> buffer{};
  sockaddr_in from{};
  socklen_t octets = sizeof from;
  const auto got = ::recvfrom(udp_, buffer.data(), buffer.size(), 0,
                              reinterpret_cast<sockaddr*>(&from), &octets);
  if (got <= 0) return;
  const std::string query(buffer.data(), static_cast<std::size_t>(got));
  for (const auto& answer : handle(query, false))
    ::sendto(udp_, answer.data(), answer.size(), 0,
             reinterpret_cast<const sockaddr*>(&from), octets);
}

void FakeDnsServer::serve_tcp() {
  const int fd = ::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
  const timeval limit{5, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string length(2, '\0');
  if (receive_exactly(fd, length)) {
    std::string query(static_cast<unsigned char>(length[0]) * 256u +
                          static_cast<unsigned char>(length[1]),
                      '\0');
    if (receive_exactly(fd, query))
      for (const auto& answer : handle(query, true)) {
        const auto framed = u16(static_cast<unsigned>(answer.size())) + answer;
        ::send(fd, framed.data(), framed.size(), MSG_NOSIGNAL);
      }
  }
  ::close(fd);
}

std::vector<std::string> FakeDnsServer::handle(std::string octets, bool tcp) {
  DnsQuery query;
  query.tcp = tcp;
  std::size_t at = 12;
  while (at < octets.size() && octets[at] != '\0') {
    const auto length = static_cast<unsigned char>(octets[at]);
    if (!query.name.empty()) query.name += '.';
    query.name += octets.substr(at + 1, length);
    at += length + 1u;
  }
  query.type = static_cast<RecordType>(
      static_cast<unsigned char>(octets.at(at + 1)) * 256 +
      static_cast<unsigned char>(octets.at(at + 2)));
  query.octets = std::move(octets);
  {
    const std::lock_guard lock(mutex_);
    log_.push_back((tcp ? "tcp " : "udp ") + lower(query.name) + " " +
                   std::to_string(static_cast<int>(query.type)));
  }
  return handler_(query);
}

}  // namespace mailtool::net::test
