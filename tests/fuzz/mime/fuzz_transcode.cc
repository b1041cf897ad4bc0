// What a message is rewritten to fits the form that was asked for, decodes to
// the same octets part by part, is the same however the message is read, and
// stays as it is when it is rewritten again.

#include <algorithm>
#include <vector>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/parser.h"
#include "mailtool/mime/ready_message.h"
#include "mailtool/mime/transcode.h"
#include "require.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kPlenty = 64 * 1024 * 1024;

class ChunkSource : public Source {
 public:
  ChunkSource(std::string_view text, std::size_t chunk)
      : rest_(text), chunk_(chunk) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto piece = rest_.substr(0, std::min(chunk_, into.size()));
    std::copy(piece.begin(), piece.end(), into.begin());
    rest_.remove_prefix(piece.size());
    return piece.size();
  }

 private:
  std::string_view rest_;
  std::size_t chunk_;
};

struct Written {
  std::string text;
  TranscodeReport report;
  bool refused = false;
};

Written transcoded(std::string_view message, const TranscodeOptions& options,
                   std::size_t chunk) {
  const OpenMessage open = [=]() -> Result<std::unique_ptr<Source>> {
    return {std::make_unique<ChunkSource>(message, chunk)};
  };
  const auto plan = Transcoder::plan(open, options);
  if (!plan) {
    require(plan.error().kind == ErrorKind::bad_input);
    return {{}, {}, true};
  }
  StringSink out(kPlenty);
  require(plan->write(open, out).has_value());
  require(plan->report().changed || out.text() == message);
  return {out.take(), plan->report(), false};
}

// With the line ends that a Transcoder asks for.
std::string finished(std::string_view input) {
  StringSink out(kPlenty);
  ReadyMessage ready(out);
  pour(ready, input, input.size() + 1);
  return out.take();
}

// The body of each leaf.
class Bodies : public ParserEvents {
 public:
  void body(std::uint32_t part, std::string_view octets) override {
    texts.resize(std::max<std::size_t>(texts.size(), part + 1));
    texts[part] += octets;
  }
  std::vector<std::string> texts;
};

struct Leaf {
  std::string id;
  std::string octets;
  bool operator==(const Leaf&) const = default;
};

std::vector<Leaf> leaves(std::string_view message) {
  Bodies bodies;
  Parser parser({}, &bodies);
  parser.feed(message);
  const auto& structure = parser.finish();
  bodies.texts.resize(structure.parts.size());
  std::vector<Leaf> all;
  for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
    const auto& part = structure.parts[i];
    if (!part.is_leaf()) continue;
    StringSink out(kPlenty);
    const auto decoder = make_decoder(part.transfer_encoding, out);
    pour(*decoder, bodies.texts[i], bodies.texts[i].size() + 1);
    all.push_back({structure.id(i), out.take()});
  }
  return all;
}

bool has_childless_multipart(std::string_view message) {
  Parser parser;
  parser.feed(message);
  return parser.finish().defect_counts[static_cast<std::size_t>(
             DefectRule::no_parts)] > 0;
}

// A value that held NUL or a bare CR may mean something else without them.
bool changed_in_meaning(const TranscodeReport& report) {
  return std::any_of(
      report.fields.begin(), report.fields.end(),
      [](const FieldChange& change) { return change.what == "cleaned"; });
}

void require_fit(const Written& written, MessageForm most) {
  if (most == MessageForm::binary) return;
  const std::string_view text = written.text;
  require(longest_line(text) <= kMaxLineOctets);
  require(text.find('\0') == text.npos);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool in_crlf = i + 1 < text.size() && text[i + 1] == '\n';
    if (text[i] == '\r') require(in_crlf);
    if (text[i] == '\n') require(i > 0 && text[i - 1] == '\r');
  }
  if (most == MessageForm::seven_bit && !written.report.raw_field) {
    require(is_ascii(text));
  }
}

void check(std::string_view message, MessageForm most, bool encode_header) {
  const TranscodeOptions options{.most = most, .encode_header = encode_header};
  const auto whole = transcoded(message, options, message.size() + 1);
  const auto split = transcoded(message, options, 1);
  require(whole.refused == split.refused && whole.text == split.text);
  require(whole.report.parts == split.report.parts);
  if (whole.refused) return;
  require_fit(whole, most);
  require(whole.report.form <= most);
  if (changed_in_meaning(whole.report)) return;
  const auto again = transcoded(whole.text, options, 4096);
  require(!again.refused && again.text == whole.text);
  if (has_childless_multipart(message)) return;
  require(leaves(whole.text) == leaves(message));
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto message = finished(as_text(data, size));
  for (const auto most : {MessageForm::seven_bit, MessageForm::eight_bit,
                          MessageForm::binary}) {
    check(message, most, false);
  }
  check(message, MessageForm::seven_bit, true);
  return 0;
}
