#include "net/socks.h"

#include <array>

namespace mailtool::net {
namespace {

constexpr char kVersion = 5;
constexpr char kNoAuthentication = 0;
constexpr char kConnect = 1;
constexpr char kIpv4 = 1, kName = 3, kIpv6 = 4;

Error no_socks(std::string_view why) {
  return Error{ErrorKind::protocol, "no SOCKS5 proxy: " + std::string(why)};
}

Result<void> receive_exactly(const Socket& socket, std::span<char> into,
                             const Budget& budget) {
  while (!into.empty()) {
    const auto count = receive_some(socket, into, budget);
    if (!count) return count.error();
    if (*count == 0)
      return Error{ErrorKind::disconnected, "the proxy closed the connection"};
    into = into.subspan(*count);
  }
  return {};
}

// RFC 1928 section 6
std::string_view reply_text(char reply) {
  switch (reply) {
    case 1: return "general failure";
    case 2: return "not allowed by its rules";
    case 3: return "network unreachable";
    case 4: return "host unreachable";
    case 5: return "connection refused";
    case 6: return "time to live expired";
    case 7: return "it does not connect";
    case 8: return "kind of address not supported";
    default: return "unknown failure";
  }
}

std::string request(std::string_view host, std::uint16_t port) {
  std::string wire{kVersion, kConnect, 0};
  if (const auto address = IpAddress::parse(host)) {
    wire += address->v6 ? kIpv6 : kIpv4;
    wire.append(reinterpret_cast<const char*>(address->octets.data()),
                address->v6 ? 16 : 4);
  } else {
    wire += kName;
    wire += static_cast<char>(host.size());
    wire += host;
  }
  wire += static_cast<char>(port >> 8);
  wire += static_cast<char>(port & 0xff);
  return wire;
}

}  // namespace

Result<void> socks_connect(const Socket& socket, std::string_view host,
                           std::uint16_t port, const Budget& budget) {
  if (host.empty() || host.size() > 255)
    return Error{ErrorKind::no_host, "no host name for the proxy"};
  const std::string greeting{kVersion, 1, kNoAuthentication};
  if (auto sent = send_all(socket, greeting, budget); !sent) return sent;
  std::array<char, 2> method{};
  if (auto got = receive_exactly(socket, method, budget); !got) return got;
  if (method[0] != kVersion) return no_socks("another protocol answers");
  if (method[1] != kNoAuthentication)
    return Error{ErrorKind::no_auth, "the proxy wants authentication"};

  if (auto sent = send_all(socket, request(host, port), budget); !sent)
    return sent;
  std::array<char, 4> head{};
  if (auto got = receive_exactly(socket, head, budget); !got) return got;
  if (head[0] != kVersion) return no_socks("another protocol answers");
  if (head[1] != 0)
    return Error{ErrorKind::unreachable, "the proxy cannot connect: " +
                                             std::string(reply_text(head[1]))};
  // The address it is bound to says nothing to us, but has to be read.
  std::size_t rest = 2;
  if (head[3] == kIpv4) {
    rest += 4;
  } else if (head[3] == kIpv6) {
    rest += 16;
  } else if (head[3] == kName) {
    std::array<char, 1> length{};
    if (auto got = receive_exactly(socket, length, budget); !got) return got;
    rest += static_cast<unsigned char>(length[0]);
  } else {
    return no_socks("a bad reply");
  }
  std::array<char, 2 + 255> bound{};
  return receive_exactly(socket, std::span(bound).first(rest), budget);
}

}  // namespace mailtool::net
