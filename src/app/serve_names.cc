#include "app/serve_names.h"

#include <algorithm>
#include <chrono>

#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"

namespace mailtool::app {
namespace {

using serve::Wait;

// Each message has its length in front, in two octets.
class NameSession final : public serve::Session {
 public:
  explicit NameSession(const net::NameZone& zone) : zone_(zone) {}

  void begin(std::string&) override {}
  std::size_t feed(std::string_view octets, std::string& out) override {
    std::size_t used = 0;
    while (used < octets.size() && wait_ == Wait::octets) {
      const auto count =
          std::min(wanted() - so_far_.size(), octets.size() - used);
      so_far_ += octets.substr(used, count);
      used += count;
      if (so_far_.size() > 2 && so_far_.size() == wanted()) answer(out);
      if (so_far_.size() == 2 && wanted() == 2) wait_ = Wait::close;
    }
    return used;
  }
  void more(std::string&) override {}
  void settled(std::string&) override {}
  void secured(const TlsInfo&, std::string&) override {}
  void dismiss(serve::Dismissal, std::string&) override { wait_ = Wait::close; }
  // RFC 7766 section 6.2.3: some seconds.
  [[nodiscard]] std::chrono::milliseconds patience() const override {
    return std::chrono::seconds(30);
  }

 private:
  [[nodiscard]] std::size_t wanted() const {
    if (so_far_.size() < 2) return 2;
    const unsigned high = static_cast<std::uint8_t>(so_far_[0]);
    const unsigned low = static_cast<std::uint8_t>(so_far_[1]);
    return 2 + (high << 8U | low);
  }

  void answer(std::string& out) {
    const auto said = zone_.answer(std::string_view(so_far_).substr(2), false);
    so_far_.clear();
    if (!said) {
      wait_ = Wait::close;
      return;
    }
    out += static_cast<char>(said->size() >> 8U);
    out += static_cast<char>(said->size() & 0xffU);
    out += *said;
  }

  const net::NameZone& zone_;
  std::string so_far_;  // of a message, with its length
};

}  // namespace

Result<ServeNeighbours> read_neighbours(const OptionValues& options) {
  ServeNeighbours all;
  for (const auto& text : options.all("dns-domain")) {
    const auto equals = std::min(text.find('='), text.size());
    const auto domain = net::to_ascii_host(text.substr(0, equals));
    const auto where =
        std::string_view(text).substr(std::min(equals + 1, text.size()));
    auto server = net::Endpoint::parse(where);
    if (!server) {
      const auto address = net::IpAddress::parse(where);
      if (address) server = net::Endpoint{*address, 0};
    }
    if (!domain || !server) {
      return Error{ErrorKind::usage,
                   "'" + printable(text, 100) +
                       "' is not of the form "
                       "DOMAIN=ADDR[:PORT]",
                   "--dns-domain", "", "hamburger.test=127.0.0.2"};
    }
    if (std::any_of(all.begin(), all.end(), [&](const auto& other) {
          return other.first == *domain;
        })) {
      return Error{ErrorKind::usage,
                   "'" + printable(*domain, 100) + "' is given twice",
                   "--dns-domain", "", "a domain has one server here"};
    }
    all.emplace_back(*domain, *server);
  }
  return all;
}

std::unique_ptr<serve::Session> make_name_session(const net::NameZone& zone) {
  return std::make_unique<NameSession>(zone);
}

}  // namespace mailtool::app
