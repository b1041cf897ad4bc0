// A hostile web server: whatever it sends, the client ends, within bounds.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mailtool/client/http_get.h"

namespace mailtool {
namespace {

class HostileServer : public Stream {
 public:
  HostileServer(std::string_view octets, std::size_t chunk)
      : rest_(octets), chunk_(chunk) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({rest_.size(), into.size(), chunk_});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    return count;
  }
  Result<void> write_all(std::string_view) override { return {}; }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}

 private:
  std::string_view rest_;
  std::size_t chunk_;
};

}  // namespace
}  // namespace mailtool

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  using namespace mailtool;
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  client::HttpLimits limits;
  limits.line_octets = 200;
  limits.header_octets = 600;
  limits.body_octets = 1000;
  std::string bodies[2];
  for (const std::size_t chunk : {std::size_t{1}, n + 1}) {
    HostileServer server(text, chunk);
    const auto got = client::http_get(server, "a.example", "/x", limits);
    if (!got) continue;
    if (got->body.size() > limits.body_octets) std::abort();
    if (got->status < 200 || got->status > 599) std::abort();
    bodies[chunk == 1] = got->body;
  }
  if (bodies[0] != bodies[1]) std::abort();
  return 0;
}
