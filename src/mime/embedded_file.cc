#include "mailtool/mime/embedded_file.h"

#include <utility>
#include <variant>

#include "embedded_name.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/binhex.h"
#include "mailtool/mime/uuencode.h"
#include "mailtool/mime/yenc.h"

namespace mailtool::mime {
namespace {

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

// Whether a line that begins as `text` does, which may be cut off by the end of
// a write, is worth cutting out.
bool can_begin_file(std::string_view text) {
  for (const std::string_view beginning :
       {"begin ", "begin-base64 ", "=ybegin ", "(This file must be"}) {
    if (begins(text, beginning) || begins(beginning, text)) return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(EmbeddedKind kind) noexcept {
  switch (kind) {
    case EmbeddedKind::uuencode: return "uuencode";
    case EmbeddedKind::base64: return "base64";
    case EmbeddedKind::yenc: return "yenc";
    case EmbeddedKind::binhex: return "binhex";
    case EmbeddedKind::attachment: return "tnef-attachment";
    case EmbeddedKind::message: return "tnef-message";
    case EmbeddedKind::body: return "tnef-body";
  }
  return "tnef-attachment";
}

// The three kinds behind one face.
class EmbeddedFileScanner::Body {
 public:
  enum class Step : std::uint8_t { more, ended, not_mine };

  template <class B>
  explicit Body(B body) : body_(std::move(body)) {}

  Step take(const LinePiece& piece, std::string& out) {
    return std::visit(
        [&](auto& body) {
          // The three enumerations have the same members in one order.
          return static_cast<Step>(body.take(piece, out));
        },
        body_);
  }

  [[nodiscard]] bool malformed() const {
    return std::visit([](const auto& body) { return body.malformed(); }, body_);
  }

  // Fills in what only the lines behind the first tell; true once all that
  // stands before the octets is known.
  [[nodiscard]] bool describe(EmbeddedFile& file) const {
    if (const auto* yenc = std::get_if<YencBody>(&body_)) {
      file.part_offset = yenc->part_offset();
      return yenc->in_data();
    }
    if (const auto* binhex = std::get_if<BinHexBody>(&body_)) {
      file.name = binhex->name();
      file.type_creator = binhex->type_creator();
      file.size = binhex->data_octets();
      return binhex->has_header();
    }
    return true;
  }

  // What announces a size ends once it is passed: what lies behind could be
  // another file.
  [[nodiscard]] bool is_over(const LinePiece& piece) const {
    const auto* yenc = std::get_if<YencBody>(&body_);
    return yenc != nullptr && yenc->overflows() && piece.first &&
           !begins(piece.octets, "=y");
  }

  [[nodiscard]] bool is_binhex() const {
    return std::holds_alternative<BinHexBody>(body_);
  }

 private:
  std::variant<UuBody, YencBody, BinHexBody> body_;
};

EmbeddedFileScanner::EmbeddedFileScanner(EmbeddedFiles& files)
    : files_(files) {}
EmbeddedFileScanner::~EmbeddedFileScanner() = default;

Result<void> EmbeddedFileScanner::write(std::string_view octets) {
  while (!octets.empty() && !full_) {
    if (!body_ && begin_line_.empty() && lines_.at_line_start() &&
        !(at_line_start_ && can_begin_file(octets))) {
      const auto end = find_file_line(octets);
      const auto skipped = end == octets.npos ? octets.size() : end + 1;
      at_line_start_ = octets[skipped - 1] == '\n';
      octets.remove_prefix(skipped);
      offset_ += skipped;
      continue;
    }
    if (lines_.at_line_start()) line_offset_ = offset_;
    const auto before = octets.size();
    const auto piece = lines_.next(octets);
    offset_ += before - octets.size();
    if (!piece) break;
    at_line_start_ = piece->last;
    if (auto taken = take(*piece); !taken) return taken;
  }
  return {};
}

Result<void> EmbeddedFileScanner::finish() {
  if (full_) return {};
  if (const auto piece = lines_.finish()) {
    if (auto taken = take(*piece); !taken) return taken;
  }
  return body_ ? end(true, offset_) : Result<void>{};
}

Result<void> EmbeddedFileScanner::take(const LinePiece& piece) {
  if (body_) {
    auto mine = take_body(piece);
    if (!mine) return std::move(mine).error();
    if (*mine || full_) return {};
  }
  if (!piece.first) return {};
  const auto begin_line = std::exchange(begin_line_, {});
  const auto begin = parse_uu_begin(begin_line);
  if (begin && piece.whole() && is_uu_data(*begin, piece.octets)) {
    file_ = {};
    file_.kind = begin->base64 ? EmbeddedKind::base64 : EmbeddedKind::uuencode;
    file_.offset = begin_offset_;
    file_.name = embedded_text(begin->name);
    body_ = std::make_unique<Body>(UuBody(begin->base64));
    auto mine = take_body(piece);
    return mine ? Result<void>{} : std::move(mine).error();
  }
  if (piece.whole()) look_at(piece.octets);
  return {};
}

// False when the file ended before `piece`.
Result<bool> EmbeddedFileScanner::take_body(const LinePiece& piece) {
  const auto step = body_->is_over(piece) ? Body::Step::not_mine
                                          : body_->take(piece, decoded_);
  if (!open_ && body_->describe(file_)) {
    if (auto begun = begin(); !begun) return std::move(begun).error();
    if (full_) return true;
  }
  if (!decoded_.empty()) {
    auto written = files_.octets(decoded_);
    decoded_.clear();
    if (!written) return std::move(written).error();
  }
  if (step == Body::Step::more) return true;
  const bool mine = step == Body::Step::ended;
  auto ended = end(!mine || body_->malformed(), mine ? offset_ : line_offset_);
  if (!ended) return std::move(ended).error();
  return mine;
}

void EmbeddedFileScanner::look_at(std::string_view line) {
  if (const auto uu = parse_uu_begin(line)) {
    if (uu->name.empty()) return;
    begin_line_ = line;
    begin_offset_ = line_offset_;
    return;
  }
  const auto yenc = parse_yenc_begin(line);
  if (!yenc && !is_binhex_line(line)) return;
  file_ = {};
  file_.offset = line_offset_;
  file_.kind = yenc ? EmbeddedKind::yenc : EmbeddedKind::binhex;
  if (yenc) {
    file_.name = embedded_text(yenc->name);
    file_.size = yenc->size;
    file_.part = yenc->part;
    file_.parts = yenc->total;
    body_ = std::make_unique<Body>(YencBody(*yenc));
  } else {
    body_ = std::make_unique<Body>(BinHexBody());
  }
}

Result<void> EmbeddedFileScanner::begin() {
  if (count_ == kMaxEmbeddedFiles) {
    defects_.add(DefectRule::embedded_files_cut_off);
    full_ = true;
    body_.reset();
    decoded_.clear();
    return {};
  }
  ++count_;
  defects_.add(DefectRule::embedded_file);
  open_ = true;
  return files_.begin_file(file_);
}

Result<void> EmbeddedFileScanner::end(bool malformed, std::uint64_t offset) {
  // A line that BinHex stands below, without BinHex, is text like any other.
  if (!open_ && !body_->is_binhex()) {
    if (auto begun = begin(); !begun) return begun;
  }
  body_.reset();
  if (!std::exchange(open_, false)) return {};
  if (malformed) defects_.add(DefectRule::embedded_file_malformed);
  return files_.end_file(file_, {offset, malformed});
}

}  // namespace mailtool::mime
