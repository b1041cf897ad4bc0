// A message out of the fuzzer against fixed keys: DKIM and ARC end with a
// verdict, the same one however the body is cut, and hold only when the
// example of RFC 8463 is the message.

#include <algorithm>
#include <string>
#include <vector>

#include "mailtool/signing/arc.h"
#include "require.h"

namespace {

using namespace mailtool::signing;

class FixedKeys : public KeySource {
 public:
  mailtool::Result<KeyAnswer> txt(std::string_view name) override {
    if (name.starts_with("none.")) return KeyAnswer{};
    return KeyAnswer{KeyAnswer::Kind::found,
                     {"v=DKIM1; k=ed25519; "
                      "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="},
                     ""};
  }
};

struct Message {
  std::vector<HeaderField> header;
  std::string_view body;
};

// Fields by line and colon, folds kept; the rest is the body.
Message split(std::string_view text) {
  Message message;
  while (!text.empty() && text.front() != '\n') {
    std::size_t end = text.find('\n');
    while (end + 1 < text.size() && end != text.npos &&
           (text[end + 1] == ' ' || text[end + 1] == '\t')) {
      end = text.find('\n', end + 1);
    }
    const auto line = text.substr(0, end);
    const auto colon = line.find(':');
    if (colon == line.npos) break;
    message.header.push_back({line.substr(0, colon), line.substr(colon + 1)});
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  // The empty line belongs to neither.
  if (text.starts_with('\n')) text.remove_prefix(1);
  message.body = text;
  return message;
}

struct Reports {
  DkimReport dkim;
  ArcReport arc;
};

Reports check(const Message& message, std::size_t chunk) {
  const std::vector<std::string> from{"football.example.com"};
  BodyHashes bodies;
  const DkimCheck dkim(message.header, from, 1'600'000'000, bodies);
  const ArcCheck arc(message.header, from, 1'600'000'000, bodies);
  for (std::size_t i = 0; i < message.body.size(); i += chunk)
    require(bodies.write(message.body.substr(i, chunk)).has_value());
  require(bodies.finish().has_value());
  FixedKeys keys;
  auto dkim_report = dkim.report(bodies, keys);
  auto arc_report = arc.report(bodies, keys);
  require(dkim_report.has_value() && arc_report.has_value());
  return {*dkim_report, *arc_report};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto message = split(as_text(data, size));
  const auto whole = check(message, std::max<std::size_t>(size, 1));
  const auto cut = check(message, 3);
  require(whole.dkim.results.size() == cut.dkim.results.size());
  require(whole.dkim.results.size() <= kMaxSignatures);
  for (std::size_t i = 0; i < whole.dkim.results.size(); ++i) {
    const auto& result = whole.dkim.results[i];
    require(result.verdict == cut.dkim.results[i].verdict);
    require(result.verdict != Verdict::none);
    require(result.reason.empty() == (result.verdict == Verdict::pass));
  }
  require(whole.arc.verdict == cut.arc.verdict);
  require(whole.arc.verdict != Verdict::pass);
  return 0;
}
