// Whatever can be signed verifies, and is signed the same however the message
// is cut. The first octet chooses the canonicalizations and the cut.

#include "mailtool/signing/dkim_signer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "mailtool/signing/dkim.h"
#include "require.h"

namespace {

using namespace mailtool::signing;

class Pieces : public mailtool::Source {
 public:
  Pieces(std::string_view text, std::size_t size) : rest_(text), size_(size) {}
  mailtool::Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({size_, into.size(), rest_.size()});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t size_;
};

class OwnKey : public KeySource {
 public:
  explicit OwnKey(const SigningKey& key) : record_(key.record()) {}
  mailtool::Result<KeyAnswer> txt(std::string_view) override {
    return KeyAnswer{KeyAnswer::Kind::found, {record_}, ""};
  }

 private:
  std::string record_;
};

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end == text.npos ? end : end + 1);
  text.remove_prefix(line.size());
  return line;
}

Verdict check(std::string_view text, KeySource& keys) {
  std::vector<HeaderField> header;
  while (!text.empty()) {
    const auto line = next_line(text);
    if (line == "\n" || line == "\r\n") break;
    if (line[0] == ' ' || line[0] == '\t') {
      auto& value = header.back().value;
      value = {value.data(), value.size() + line.size()};
    } else {
      const auto colon = line.find(':');
      header.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
  }
  for (auto& field : header) {
    if (field.value.ends_with('\n')) field.value.remove_suffix(1);
    if (field.value.ends_with('\r')) field.value.remove_suffix(1);
  }
  BodyHashes bodies;
  const DkimCheck dkim(header, {}, 1, bodies);
  require(bodies.write(text).has_value() && bodies.finish().has_value());
  const auto report = dkim.report(bodies, keys);
  require(report.has_value() && !report->results.empty());
  return report->results[0].verdict;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  static const auto key =
      SigningKey::read("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
  const auto kind = [&](unsigned bit) {
    return (data[0] >> bit & 1) != 0 ? Canonicalization::simple
                                     : Canonicalization::relaxed;
  };
  const auto signer =
      DkimSigner::make({{"a.example", "s", *key}}, {kind(0), kind(1), {}});
  require(signer.has_value());
  const auto text = as_text(data, size).substr(1);
  Pieces whole(text, text.size() + 1);
  Pieces cut(text, 1 + (data[0] >> 2));
  const auto fields = signer->sign(whole, 1);
  const auto again = signer->sign(cut, 1);
  require(fields.has_value() == again.has_value());
  if (!fields) {
    require(fields.error() == again.error());
    return 0;
  }
  require(*fields == *again);
  OwnKey keys(*key);
  require(check(*fields + std::string(text), keys) == Verdict::pass);
  return 0;
}
