#include "app/part_walk.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "app/embedded_parts.h"
#include "app/from_unquoting.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

using mime::DefectRule;

bool is_message_type(std::string_view type) {
  return type == "message/rfc822" || type == "message/global" ||
         type == "message/news";
}

}  // namespace

bool is_tnef(const mime::Structure& structure, const mime::Part& part) {
  const auto type = structure.type(part);
  return type == "application/ms-tnef" || type == "application/vnd.ms-tnef";
}

bool may_hold_files(const mime::Structure& structure, const mime::Part& part) {
  const auto type = structure.type(part);
  if (type.starts_with("text/")) return type != "text/html";
  if (type == "application/mac-binhex40") return true;  // RFC 1741
  if (type != "application/octet-stream") return false;
  const auto name = lower(structure.file_name(part));
  return name.ends_with(".hqx") || name.ends_with(".uu") ||
         name.ends_with(".uue");
}

class PartWalk::Level : public mime::ParserEvents {
 public:
  Level(PartWalk& walk, std::uint32_t depth);
  ~Level() override;

  void begin(std::uint32_t index, bool quoted_from) {
    index_ = index;
    quoted_from_ = quoted_from;
    mine().bodies.clear();
    mine().embedded.clear();
    findings_.clear();
    charged_ = {.depth = 0, .parts = 0, .header_octets = 0, .fields = 0};
  }

  void begin_part(const mime::Structure& so_far, std::uint32_t index) override;
  void body(std::uint32_t part, std::string_view octets) override;
  void end_part(const mime::Structure& so_far, std::uint32_t index) override;
  void end(mime::Structure& structure);

 private:
  // What comes here cannot fail: the sinks behind lead nowhere.
  class Decoded : public Sink {
   public:
    explicit Decoded(Level& level) : level_(level) {}
    Result<void> write(std::string_view octets) override {
      level_.take(octets);
      return {};
    }

   private:
    Level& level_;
  };
  class Nowhere : public Sink {
   public:
    Result<void> write(std::string_view) override { return {}; }
  };
  struct Nested;
  struct Finding {
    DefectRule rule;
    std::uint32_t part;
    bool in_decoded;  // the offset counts decoded octets
    std::uint64_t offset;
    std::uint64_t length;
  };

  MessageLevel& mine() { return walk_.levels_[index_]; }
  void take(std::string_view octets);
  void begin_nested(const mime::Structure& so_far, std::uint32_t part);
  void end_nested();
  void end_text(std::uint32_t index);
  void begin_files(std::uint32_t index) {
    files_.begin_leaf(mine().embedded, walk_.files_, index,
                      walk_.wants_.digests);
  }
  void end_files(std::uint32_t index, mime::DefectSet defects);
  void charge(const mime::Structure& so_far);
  void find(DefectRule rule, std::uint32_t part, std::uint64_t offset,
            std::uint64_t length) {
    findings_.push_back({rule, part, true, offset, length});
  }

  PartWalk& walk_;
  mime::Parser* parser_ = nullptr;  // null at the top, whose is not ours
  std::uint32_t depth_;
  std::uint32_t index_ = 0;
  bool quoted_from_ = false;
  mime::ParserLimits charged_;  // to PartWalk::left_
  std::vector<Finding> findings_;

  // Of the leaf that is open.
  Decoded decoded_{*this};
  Nowhere nowhere_;
  FromUnquoting unquoting_;
  mime::BodyDecoder decoder_;
  mime::CharsetDecoder charset_;
  FileKeeper files_;
  std::optional<mime::EmbeddedFileScanner> scanner_;
  std::optional<mime::TnefReader> tnef_;
  std::unique_ptr<Nested> nested_;
  Sha256 raw_digest_;
  Sha256 decoded_digest_;
  std::uint64_t octets_ = 0;
  std::size_t first_file_ = 0;
  bool is_text_ = false;
  bool in_nested_ = false;
};

// A message in an encoding, and the walk through it.
struct PartWalk::Level::Nested {
  Nested(PartWalk& walk, std::uint32_t depth)
      : level(walk, depth),
        parser(walk.wants_.limits, &level, walk.wants_.parser) {
    level.parser_ = &parser;
  }
  Level level;
  mime::Parser parser;
};

PartWalk::Level::Level(PartWalk& walk, std::uint32_t depth)
    : walk_(walk), depth_(depth) {}

PartWalk::Level::~Level() = default;

void PartWalk::Level::begin_part(const mime::Structure& so_far,
                                 std::uint32_t index) {
  mine().bodies.resize(so_far.parts.size());
  const auto& part = so_far.parts[index];
  if (!part.is_leaf()) return;
  octets_ = 0;
  first_file_ = mine().embedded.size();
  const auto type = so_far.type(part);
  is_text_ = type.starts_with("text/");
  if (is_text_) charset_.reset(so_far.charset(part), nowhere_);
  if (may_hold_files(so_far, part)) {
    begin_files(index);
    scanner_.emplace(files_);
  } else if (is_tnef(so_far, part)) {
    begin_files(index);
    tnef_.emplace(files_);
  } else if ((is_message_type(type) || type.starts_with("multipart/")) &&
             depth_ < kMaxLevels &&
             part.transfer_encoding != mime::TransferEncoding::identity) {
    begin_nested(so_far, index);
  }
  decoder_.begin(part.transfer_encoding, decoded_, walk_.wants_.policy);
  if (quoted_from_) unquoting_.begin(decoder_);
}

void PartWalk::Level::body(std::uint32_t, std::string_view octets) {
  if (walk_.wants_.digests) raw_digest_.update(octets);
  (void)(quoted_from_ ? unquoting_.write(octets) : decoder_.write(octets));
}

void PartWalk::Level::take(std::string_view octets) {
  octets_ += octets.size();
  if (walk_.wants_.digests) decoded_digest_.update(octets);
  if (is_text_) (void)charset_.write(octets);
  if (scanner_) {
    (void)scanner_->write(octets);
  } else if (tnef_) {
    (void)tnef_->write(octets);
  } else if (in_nested_) {
    nested_->parser.feed(octets);
  }
}

void PartWalk::Level::end_part(const mime::Structure& so_far,
                               std::uint32_t index) {
  if (!so_far.parts[index].is_leaf()) return;
  if (quoted_from_) (void)unquoting_.finish();
  (void)decoder_.finish();
  for (const auto& defect : decoder_.defects()) {
    findings_.push_back(
        {defect.rule, index, false, defect.offset, defect.length});
  }
  if (is_text_) end_text(index);
  if (scanner_) {
    (void)scanner_->finish();
    end_files(index, scanner_->defects());
    scanner_.reset();
  } else if (tnef_) {
    (void)tnef_->finish();
    end_files(index, tnef_->defects());
    tnef_.reset();
  } else if (in_nested_) {
    end_nested();
  }
  auto& body = mine().bodies[index];
  body.octets = octets_;
  if (walk_.wants_.digests) {
    body.raw = std::exchange(raw_digest_, {}).finish();
    body.decoded = std::exchange(decoded_digest_, {}).finish();
  }
}

void PartWalk::Level::begin_nested(const mime::Structure& so_far,
                                   std::uint32_t part) {
  charge(so_far);
  if (walk_.left_.parts == 0) {
    find(DefectRule::parts_cut_off, part, 0, 0);
    return;
  }
  if (!nested_) nested_ = std::make_unique<Nested>(walk_, depth_ + 1);
  const auto index = static_cast<std::uint32_t>(walk_.levels_.size());
  walk_.levels_.emplace_back();
  walk_.levels_[index].above = index_;
  walk_.levels_[index].part = part;
  nested_->level.begin(index, false);
  nested_->parser.begin(walk_.left_);
  if (so_far.type(so_far.parts[part]).starts_with("multipart/")) {
    auto& prefix = walk_.levels_[index].prefix;
    prefix = "Content-Type:";
    prefix += so_far.value_of(so_far.parts[part], mime::FieldId::content_type)
                  .value_or("");
    prefix += "\n\n";
    nested_->parser.feed(prefix);
  }
  in_nested_ = true;
}

void PartWalk::Level::end_nested() {
  auto& structure = nested_->parser.finish();
  nested_->level.end(structure);
  nested_->level.charge(structure);
  walk_.levels_[nested_->level.index_].structure = structure;
  in_nested_ = false;
  if (parser_ != nullptr) parser_->limit_further(walk_.left_);
}

// Takes what this level has used off what is left for all of them. The message
// itself has limits of its own.
void PartWalk::Level::charge(const mime::Structure& so_far) {
  if (parser_ == nullptr) return;
  const auto take = [](auto& left, auto& charged, auto used) {
    const auto more = static_cast<std::remove_reference_t<decltype(left)>>(
        used - charged);
    left -= std::min(left, more);
    charged += more;
  };
  take(walk_.left_.parts, charged_.parts, so_far.parts.size());
  take(walk_.left_.fields, charged_.fields, so_far.fields.size());
  take(walk_.left_.header_octets, charged_.header_octets,
       so_far.header_text.size());
}

void PartWalk::Level::end_text(std::uint32_t index) {
  (void)charset_.finish();
  if (!charset_.known()) find(DefectRule::unknown_charset, index, 0, 0);
  const auto& found = charset_.findings();
  if (found.replaced == 0) return;
  find(DefectRule::malformed_charset, index, found.first_offset,
       found.first_length);
}

void PartWalk::Level::end_files(std::uint32_t index, mime::DefectSet defects) {
  if (files_.cut_off()) defects.add(DefectRule::embedded_files_cut_off);
  for (auto i = first_file_; i < mine().embedded.size(); ++i) {
    const auto& embedded = mine().embedded[i];
    if (embedded.within) continue;
    const auto length = embedded.end.offset - embedded.file.offset;
    if (embedded.file.kind < mime::EmbeddedKind::attachment) {
      find(DefectRule::embedded_file, index, embedded.file.offset, length);
    }
    if (!embedded.end.malformed) continue;
    find(DefectRule::embedded_file_malformed, index, embedded.file.offset,
         length);
    defects.remove(DefectRule::embedded_file_malformed);
  }
  defects.remove(DefectRule::embedded_file);
  for (std::size_t i = 0; i < mime::kDefectRules; ++i) {
    const auto rule = static_cast<DefectRule>(i);
    if (defects.has(rule)) find(rule, index, 0, 0);
  }
}

// Offsets in what a body decodes to say nothing of where they came from: then
// the body as a whole is named.
void PartWalk::Level::end(mime::Structure& structure) {
  mine().bodies.resize(structure.parts.size());
  for (const auto& found : findings_) {
    const auto& part = structure.parts[found.part];
    const bool mapped =
        !found.in_decoded ||
        part.transfer_encoding == mime::TransferEncoding::identity;
    const mime::Span where =
        found.length == 0 || !mapped
            ? part.body
            : mime::Span{part.body.offset + found.offset, found.length};
    structure.add_defect(found.rule, found.part, where);
  }
  findings_.clear();
}

PartWalk::PartWalk(WalkWants wants)
    : wants_(wants), levels_(1), top_(std::make_unique<Level>(*this, 1)) {}

PartWalk::~PartWalk() = default;

void PartWalk::begin_message(bool quoted_from) {
  levels_.resize(1);
  left_ = wants_.limits;
  files_ = 0;
  top_->begin(0, quoted_from);
}

void PartWalk::begin_part(const mime::Structure& so_far, std::uint32_t part) {
  top_->begin_part(so_far, part);
}

void PartWalk::body(std::uint32_t part, std::string_view octets) {
  top_->body(part, octets);
}

void PartWalk::end_part(const mime::Structure& so_far, std::uint32_t part) {
  top_->end_part(so_far, part);
}

void PartWalk::end_message(mime::Structure& structure) {
  top_->end(structure);
}

}  // namespace mailtool::app
