// The two passes of the Transcoder.
#include "mailtool/mime/transcode.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/header.h"
#include "transcode_plan.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kPiece = std::size_t{64} * 1024;

// The message from the front, by pieces.
class Reader {
 public:
  explicit Reader(Source& from) : from_(from), buffer_(kPiece, '\0') {}

  // Writes `octets` of it to `to`; all that is left with UINT64_MAX.
  Result<void> copy(std::uint64_t octets, Sink* to) {
    while (octets > 0) {
      if (rest_.empty()) {
        const auto count = from_.read_some(buffer_);
        if (!count) return count.error();
        if (*count == 0) break;
        rest_ = std::string_view(buffer_).substr(0, *count);
      }
      const auto piece =
          rest_.substr(0, std::min<std::uint64_t>(octets, rest_.size()));
      rest_.remove_prefix(piece.size());
      if (octets != UINT64_MAX) octets -= piece.size();
      if (to == nullptr) continue;
      if (auto written = to->write(piece); !written) return written;
    }
    if (octets == 0 || octets == UINT64_MAX) return {};
    return Error{ErrorKind::local_io,
                 "the message has become shorter while it was read"};
  }

 private:
  Source& from_;
  std::string buffer_;
  std::string_view rest_;
};

// Holds back a CRLF that may be the last of what was encoded.
class LastLineEnd : public Sink {
 public:
  explicit LastLineEnd(Sink& out) : out_(out) {}

  Result<void> write(std::string_view octets) override {
    if (octets.empty()) return {};
    if (std::exchange(held_, false)) {
      if (auto written = out_.write("\r\n"); !written) return written;
    }
    // The encoders never cut between CR and LF.
    if (octets.ends_with("\r\n")) {
      octets.remove_suffix(2);
      held_ = true;
    }
    return octets.empty() ? Result<void>{} : out_.write(octets);
  }

  Result<void> finish(Transcoder::Edit::LineEnd line_end) {
    using enum Transcoder::Edit::LineEnd;
    if (!held_ || line_end == drop) return {};
    return out_.write(line_end == soften ? "=\r\n" : "\r\n");
  }

 private:
  Sink& out_;
  bool held_ = false;
};

// Lines that may be sent pass, others do not. A line is held until it is seen
// to be short enough.
class LineFilter : public Filter {
 public:
  LineFilter(Sink& out, bool seven_bit) : out_(out), seven_bit_(seven_bit) {}

  Result<void> write(std::string_view octets) override {
    while (!octets.empty()) {
      const auto end = octets.find('\n');
      const bool ends = end != octets.npos;
      add(octets.substr(0, ends ? end + 1 : end));
      octets.remove_prefix(ends ? end + 1 : octets.size());
      if (!ends) break;
      if (auto written = finish(); !written) return written;
    }
    return {};
  }

  // Of a line, and of all of them.
  Result<void> finish() override {
    const auto line = std::exchange(line_, {});
    if (std::exchange(forbidden_, false) || !fit(line)) return {};
    return line.empty() ? Result<void>{} : out_.write(line);
  }

 private:
  void add(std::string_view piece) {
    if (line_.size() + piece.size() > kMaxLineOctets + 2) forbidden_ = true;
    if (!forbidden_) line_ += piece;
  }

  [[nodiscard]] bool fit(std::string_view line) const {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line.size() <= kMaxLineOctets && !has_line_break_or_nul(line) &&
           (!seven_bit_ || is_ascii(line));
  }

  Sink& out_;
  bool seven_bit_;
  bool forbidden_ = false;
  std::string line_;
};

Result<void> encode(Reader& from, const Transcoder::Edit& edit, Sink& out) {
  LastLineEnd last(out);
  std::unique_ptr<Filter> encoder;
  if (edit.encode == TransferEncoding::base64) {
    encoder = std::make_unique<Base64Encoder>(last);
  } else {
    encoder = std::make_unique<QuotedPrintableEncoder>(
        last, vector_level(), QuotedPrintableEncoder::Dash::encoded);
  }
  const auto decoder = make_decoder(edit.decode, *encoder);
  auto done = from.copy(edit.span.length, decoder.get());
  if (done) done = decoder->finish();
  if (done) done = encoder->finish();
  return done ? last.finish(edit.line_end) : done;
}

}  // namespace

std::string to_display(const PartChange& change) {
  const auto part = "part " + change.part + " (" + printable(change.type, 100) + ")";
  switch (change.what) {
    case PartChange::What::encoded: return part + " is written in " + change.to;
    case PartChange::What::labelled: return part + " is said to be " + change.to;
    case PartChange::What::trimmed: break;
  }
  return part + " loses lines that are in none of its parts";
}

Result<Transcoder> Transcoder::plan(const OpenMessage& open,
                                    TranscodeOptions options) {
  auto source = open();
  if (!source) return std::move(source).error();
  FactsCollector collector;
  Parser parser(options.limits, &collector);
  std::string buffer(kPiece, '\0');
  for (;;) {
    const auto count = (*source)->read_some(buffer);
    if (!count) return count.error();
    if (*count == 0) break;
    parser.feed(std::string_view(buffer).substr(0, *count));
  }
  const auto& structure = parser.finish();
  TranscodePlanner planner(structure, collector.facts(), options);
  if (auto planned = planner.plan(); !planned) {
    return std::move(planned).error();
  }
  Transcoder transcoder;
  transcoder.most_ = options.most;
  transcoder.edits_ = planner.take_edits();
  transcoder.report_ = planner.take_report();
  return transcoder;
}

Result<void> Transcoder::write(const OpenMessage& open, Sink& out) const {
  auto source = open();
  if (!source) return std::move(source).error();
  Reader reader(**source);
  std::uint64_t at = 0;
  for (const auto& edit : edits_) {
    if (auto copied = reader.copy(edit.span.offset - at, &out); !copied) {
      return copied;
    }
    at = edit.span.end();
    Result<void> done;
    switch (edit.kind) {
      case Edit::Kind::replace:
        done = reader.copy(edit.span.length, nullptr);
        if (done && !edit.text.empty()) done = out.write(edit.text);
        break;
      case Edit::Kind::encode: done = encode(reader, edit, out); break;
      case Edit::Kind::filter_lines: {
        LineFilter filter(out, most_ == MessageForm::seven_bit);
        done = reader.copy(edit.span.length, &filter);
        if (done) done = filter.finish();
        break;
      }
    }
    if (!done) return done;
  }
  return reader.copy(UINT64_MAX, &out);
}

}  // namespace mailtool::mime
