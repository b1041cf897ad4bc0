// The same content for every split, and decode(encode(x)) is x.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mailtool/pop3/multiline.h"

using namespace mailtool;

namespace {

struct Decoded {
  std::string content;
  std::size_t taken = 0;
  bool done = false;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view wire, std::size_t chunk, pop3::LineEnd end) {
  pop3::MultilineDecoder decoder(end);
  StringSink out(SIZE_MAX);
  Decoded decoded;
  while (decoded.taken < wire.size() && !decoder.done()) {
    const auto taken = decoder.feed(wire.substr(decoded.taken, chunk), out);
    if (!taken) std::abort();
    decoded.taken += *taken;
  }
  decoded.done = decoder.done();
  decoded.content = out.text();
  if (decoder.content_octets() != decoded.content.size()) std::abort();
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  if (n == 0) return 0;
  const std::size_t chunk = 1 + data[0] % 16;
  const std::string_view wire(reinterpret_cast<const char*>(data) + 1, n - 1);
  for (const auto end : {pop3::LineEnd::crlf, pop3::LineEnd::bare_lf}) {
    const auto whole = decode(wire, std::max<std::size_t>(wire.size(), 1), end);
    if (decode(wire, chunk, end) != whole) std::abort();
    if (decode(wire, 1, end) != whole) std::abort();
  }
  StringSink encoded(SIZE_MAX);
  pop3::MultilineEncoder encoder(encoded);
  for (std::size_t at = 0; at < wire.size(); at += chunk) {
    (void)encoder.write(wire.substr(at, chunk));
  }
  (void)encoder.finish();
  std::string expected(wire);
  if (!wire.empty() && !wire.ends_with("\r\n")) expected += "\r\n";
  const auto back = decode(encoded.text(), 7, pop3::LineEnd::crlf);
  if (!back.done || back.taken != encoded.text().size()) std::abort();
  if (back.content != expected) std::abort();
  return 0;
}
