#include "app/body_pass.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "app/from_unquoting.h"

namespace mailtool::app {
namespace {

// What is to be copied, and how far it is.
struct Pass {
  const ParsedMessage& message;
  std::span<const PartRow* const> rows;
  bool decoded;
  BodyReceiver& to;
  std::size_t next = 0;  // of rows
};

// The way to a row leads through at most one part of a level.
struct Waypoint {
  std::uint32_t part = 0;
  std::uint32_t below = 0;  // the level that this part is; 0: it is the row
};

// None: the way to the row does not lead through `level`.
std::optional<Waypoint> waypoint(const ParsedMessage& message,
                                 const PartRow& row, std::uint32_t level) {
  Waypoint found{row.part, 0};
  auto at = row.level;
  while (at != level) {
    if (at == 0) return std::nullopt;
    found = {message.levels[at].part, at};
    at = message.levels[at].above;
  }
  return found;
}

class LevelBodies;

// One body of a level: that of a row, or one that rows stand in.
class OpenBody : public mime::Filter {
 public:
  OpenBody(Pass& pass, std::uint32_t level);
  ~OpenBody() override;

  Result<void> begin(const Waypoint& way);
  Result<void> write(std::string_view octets) override {
    return plain_ != nullptr ? plain_->write(octets) : decoder_.write(octets);
  }
  Result<void> finish() override;
  // Nothing that comes now is asked for.
  [[nodiscard]] bool is_done() const;

 private:
  Pass& pass_;
  std::uint32_t level_;
  mime::BodyDecoder decoder_;
  Sink* plain_ = nullptr;  // instead of the decoder
  std::unique_ptr<LevelBodies> below_;
};

// The bodies of one level, as its octets pass.
class LevelBodies : public mime::Filter {
 public:
  LevelBodies(Pass& pass, std::uint32_t level)
      : pass_(pass),
        level_(level),
        position_(pass.message.levels[level].prefix.size()),
        body_(pass, level) {
    choose();
  }

  Result<void> write(std::string_view octets) override {
    while (chosen_) {
      if (position_ < span_.offset) {
        const auto before =
            std::min<std::uint64_t>(octets.size(), span_.offset - position_);
        octets.remove_prefix(before);
        position_ += before;
        if (position_ < span_.offset) return {};
      }
      if (auto begun = begin(); !begun) return begun;
      const auto size =
          std::min<std::uint64_t>(octets.size(), span_.end() - position_);
      if (auto done = body_.write(octets.substr(0, size)); !done) return done;
      octets.remove_prefix(size);
      position_ += size;
      if (position_ < span_.end()) return {};
      if (auto ended = end(); !ended) return ended;
    }
    return {};
  }

  // What was not reached is empty.
  Result<void> finish() override {
    while (chosen_) {
      if (auto begun = begin(); !begun) return begun;
      if (auto ended = end(); !ended) return ended;
    }
    return {};
  }

  [[nodiscard]] bool is_done() const { return !chosen_; }

 private:
  // Bodies behind each other are one pass; the first is taken wherever it is.
  void choose() {
    const bool first = !chosen_;
    chosen_.reset();
    if (pass_.next == pass_.rows.size()) return;
    const auto way = waypoint(pass_.message, *pass_.rows[pass_.next], level_);
    if (!way) return;
    const auto span = pass_.message.structure_of(level_).parts[way->part].body;
    if (!first && span.offset < span_.end()) return;
    chosen_ = way;
    span_ = span;
    span_.offset = std::max(span.offset, position_);
    span_.length = span.end() - std::min(span.end(), span_.offset);
  }
  Result<void> begin() {
    if (is_open_) return {};
    is_open_ = true;
    return body_.begin(*chosen_);
  }
  Result<void> end() {
    is_open_ = false;
    auto ended = body_.finish();
    choose();
    return ended;
  }

  Pass& pass_;
  std::uint32_t level_;
  std::uint64_t position_;
  OpenBody body_;
  std::optional<Waypoint> chosen_;
  mime::Span span_;  // of the chosen one
  bool is_open_ = false;
};

OpenBody::OpenBody(Pass& pass, std::uint32_t level)
    : pass_(pass), level_(level) {}

OpenBody::~OpenBody() = default;

Result<void> OpenBody::begin(const Waypoint& way) {
  const auto& part = pass_.message.structure_of(level_).parts[way.part];
  Sink* inner = nullptr;
  if (way.below != 0) {
    below_ = std::make_unique<LevelBodies>(pass_, way.below);
    inner = below_.get();
  } else {
    auto begun = pass_.to.begin_body(pass_.next);
    if (!begun) return std::move(begun).error();
    inner = *begun;
  }
  plain_ = way.below == 0 && !pass_.decoded ? inner : nullptr;
  decoder_.begin(part.transfer_encoding, *inner, pass_.message.decode);
  return {};
}

Result<void> OpenBody::finish() {
  if (plain_ == nullptr) {
    if (auto done = decoder_.finish(); !done) return done;
  }
  if (below_ != nullptr) {
    auto done = below_->finish();
    below_.reset();
    return done;
  }
  return pass_.to.end_body(pass_.next++);
}

bool OpenBody::is_done() const { return below_ != nullptr && below_->is_done(); }

// The body of a part of the message itself, from the input.
Result<void> pour(Pass& pass, const Waypoint& way) {
  constexpr std::uint64_t kPiece = 1024 * 1024;
  const auto& message = pass.message;
  const auto span = message.structure.parts[way.part].body;
  OpenBody body(pass, 0);
  if (auto begun = body.begin(way); !begun) return begun;
  FromUnquoting unquoted(body);
  const bool quoted =
      message.place.quoted_from && (way.below != 0 || pass.decoded);
  Sink& head = quoted ? static_cast<Sink&>(unquoted) : body;
  for (std::uint64_t at = 0; at < span.length && !body.is_done();) {
    const auto size = std::min(kPiece, span.length - at);
    auto copied =
        message.input->copy(message.place.offset + span.offset + at, size, head);
    if (!copied) return copied;
    at += size;
  }
  if (quoted) {
    if (auto done = unquoted.finish(); !done) return done;
  }
  return body.finish();
}

}  // namespace

Result<void> copy_bodies(const ParsedMessage& message,
                         std::span<const PartRow* const> rows, bool decoded,
                         BodyReceiver& to) {
  Pass pass{message, rows, decoded, to};
  while (pass.next < rows.size()) {
    const auto way = waypoint(message, *rows[pass.next], 0);
    if (auto done = pour(pass, *way); !done) return done;
  }
  return {};
}

}  // namespace mailtool::app
