// A key record that can be used has a key; nothing it holds makes a signature
// of nonsense pass.

#include "mailtool/signing/dkim.h"
#include "mailtool/signing/key_record.h"
#include "require.h"

namespace {

using namespace mailtool::signing;

class OneKey : public KeySource {
 public:
  explicit OneKey(std::string_view record) : record_(record) {}
  mailtool::Result<KeyAnswer> txt(std::string_view) override {
    return KeyAnswer{KeyAnswer::Kind::found, {record_}, ""};
  }

 private:
  std::string record_;
};

// The hash of an empty relaxed body; so the key is asked for.
constexpr std::string_view kRsa =
    " v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s; h=From;"
    " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=YWJj";
constexpr std::string_view kEd25519 =
    " v=1; a=ed25519-sha256; c=relaxed/relaxed; d=a.example; s=s; h=From;"
    " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=YWJj";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto text = as_text(data, size);
  KeyRecord record;
  if (!read_key_record(text, record)) require(!record.key.empty());
  const HeaderField header[] = {{"DKIM-Signature", kRsa},
                                {"DKIM-Signature", kEd25519},
                                {"From", " a@a.example"}};
  BodyHashes bodies;
  const DkimCheck check(header, {}, 0, bodies);
  require(bodies.finish().has_value());
  OneKey keys(text);
  const auto report = check.report(bodies, keys);
  require(report.has_value() && report->results.size() == 2);
  for (const auto& result : report->results) {
    require(result.verdict != Verdict::none);
    require(result.verdict != Verdict::pass && !result.reason.empty());
  }
  return 0;
}
