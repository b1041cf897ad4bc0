// Any division into writes, and any level of vectors, gives the same octets and
// the same defects, which lie within the body. The first octet is the policy.

#include <array>
#include <optional>
#include <vector>

#include "mailtool/mime/body_decoder.h"
#include "require.h"

namespace mailtool::mime {
namespace {

struct Decoded {
  std::string octets;
  std::vector<DecodeDefect> defects;
  friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded collect(Decoder& decoder, StringSink& out, std::string_view body,
                std::size_t chunk) {
  pour(decoder, body, chunk);
  const auto defects = decoder.defects();
  return {out.take(), {defects.begin(), defects.end()}};
}

template <class D>
Decoded decoded(std::string_view body, std::size_t chunk, VectorLevel level,
                DecodePolicy policy) {
  // One for each level, which keeps what it allocated.
  static std::array<std::optional<D>, 3> decoders;
  auto& decoder = decoders[static_cast<std::size_t>(level)];
  StringSink out(1 << 26);
  if (!decoder) decoder.emplace(out, policy, level);
  decoder->begin(out, policy);
  return collect(*decoder, out, body, chunk);
}

template <class D>
Decoded check(std::string_view body, DecodePolicy policy) {
  auto expected = decoded<D>(body, 1, VectorLevel::scalar, policy);
  for (const auto level :
       {VectorLevel::scalar, VectorLevel::avx2, VectorLevel::avx512vbmi2}) {
    for (const std::size_t chunk :
         {std::size_t{3}, std::size_t{70}, body.size() + 1}) {
      require(decoded<D>(body, chunk, level, policy) == expected);
    }
  }
  require(expected.octets.size() <= body.size());
  for (const auto& defect : expected.defects) {
    require(defect.length > 0 && defect.offset + defect.length <= body.size());
  }
  return expected;
}

void check_reuse(BodyDecoder& decoder, TransferEncoding encoding,
                 std::string_view body, DecodePolicy policy,
                 const Decoded& expected) {
  StringSink out(1 << 26);
  decoder.begin(encoding, out, policy);
  require(collect(decoder, out, body, 17) == expected);
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  if (size == 0) return 0;
  const DecodePolicy policy{.stop_at_padding = (data[0] & 1) != 0,
                            .keep_trailing_blanks = (data[0] & 2) != 0};
  const auto body = as_text(data + 1, size - 1);
  const auto base64 = check<Base64Decoder>(body, policy);
  const auto quoted = check<QuotedPrintableDecoder>(body, policy);
  static BodyDecoder decoder;
  for (int round = 0; round < 2; ++round) {
    check_reuse(decoder, TransferEncoding::base64, body, policy, base64);
    check_reuse(decoder, TransferEncoding::quoted_printable, body, policy,
                quoted);
  }
  return 0;
}
