#include "mailtool/net/datagram.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "net/socket.h"

namespace mailtool::net {

Result<DatagramServer> DatagramServer::open(const Endpoint& endpoint) {
  const SocketAddress address(endpoint);
  const int descriptor = ::socket(address.storage.ss_family,
                                  SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  DatagramServer server(descriptor);
  if (descriptor < 0 ||
      ::bind(descriptor, address.get(), address.octets) != 0) {
    return cannot_listen(errno, endpoint);
  }
  return server;
}

DatagramServer::~DatagramServer() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void DatagramServer::serve(const Answer& answer) {
  std::array<char, 4096> buffer;
  for (int left = 100; left > 0; --left) {
    sockaddr_storage from{};
    socklen_t octets = sizeof from;
    const auto count = ::recvfrom(descriptor_, buffer.data(), buffer.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &octets);
    if (count < 0) return;
    const auto said = answer({buffer.data(), static_cast<std::size_t>(count)});
    if (!said) continue;
    (void)::sendto(descriptor_, said->data(), said->size(), MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr*>(&from), octets);
  }
}

}  // namespace mailtool::net
