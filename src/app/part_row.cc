#include "app/part_row.h"

#include <algorithm>

#include "mailtool/mime/composer.h"

namespace mailtool::app {
namespace {

using mime::kNoPart;

// The walk through one level.
struct Frame {
  std::uint32_t level = 0;
  std::uint32_t next = 0;         // part
  std::size_t next_file = 0;      // of MessageLevel::embedded
  std::optional<std::size_t> parent;  // row of the leaf that this level is
  std::vector<std::size_t> rows;  // of its parts
  std::vector<std::optional<mime::Severity>> worst;  // of its parts
};

class RowBuilder {
 public:
  explicit RowBuilder(const ParsedMessage& message) : message_(message) {}

  std::vector<PartRow> build() {
    enter(0, std::nullopt);
    while (!frames_.empty()) {
      auto& frame = frames_.back();
      if (frame.next == structure(frame).parts.size()) {
        frames_.pop_back();
        continue;
      }
      const auto part = frame.next++;
      add_part(frame, part);
      add_files(frame, part);
      enter_nested(frame.level, part);
    }
    return std::move(rows_);
  }

 private:
  const mime::Structure& structure(const Frame& frame) const {
    return message_.structure_of(frame.level);
  }

  void enter(std::uint32_t level, std::optional<std::size_t> parent) {
    Frame frame;
    frame.level = level;
    frame.parent = parent;
    const auto& inside = structure(frame);
    frame.worst.resize(inside.parts.size());
    for (const auto& defect : inside.defects) {
      auto& worst = frame.worst[defect.part];
      worst = std::max(worst.value_or(mime::Severity::note),
                       mime::info(defect.rule).severity);
    }
    frames_.push_back(std::move(frame));
  }

  // Levels stand in the order in which the walk met them, as rows do.
  void enter_nested(std::uint32_t level, std::uint32_t part) {
    if (next_level_ >= message_.levels.size()) return;
    const auto& nested = message_.levels[next_level_];
    if (nested.above != level || nested.part != part) return;
    const auto row = frames_.back().rows[part];
    rows_[row].has_children = true;
    // A multipart in an encoding has children, too.
    rows_[row].is_message = rows_[row].type.starts_with("message/");
    enter(next_level_++, row);
  }

  void add_part(Frame& frame, std::uint32_t index) {
    const auto& inside = structure(frame);
    const auto& part = inside.parts[index];
    PartRow row;
    row.id = inside.id(index);
    if (part.parent != kNoPart) {
      row.parent = frame.rows[part.parent];
    } else {
      row.parent = frame.parent;
    }
    if (frame.parent) row.id = rows_[*frame.parent].id + "." + row.id;
    row.depth = row.parent ? rows_[*row.parent].depth + 1 : 0;
    row.type = inside.type(part);
    row.charset = inside.charset(part);
    row.encoding = inside.encoding(part);
    row.disposition = inside.disposition(part);
    row.name = inside.file_name(part);
    row.content_id = inside.content_id(part);
    row.has_children = !part.is_leaf();
    row.is_message = part.is_message;
    if (frame.level == 0) row.span = part.body;
    row.worst = frame.worst[index];
    row.level = frame.level;
    row.part = index;
    if (part.is_leaf() && frame.level < message_.levels.size() &&
        index < message_.levels[frame.level].bodies.size()) {
      const auto& body = message_.levels[frame.level].bodies[index];
      row.decoded_octets = body.octets;
      row.raw = body.raw;
      row.decoded = body.decoded;
    }
    frame.rows.push_back(rows_.size());
    rows_.push_back(std::move(row));
  }

  void add_files(Frame& frame, std::uint32_t part) {
    if (frame.level >= message_.levels.size()) return;
    const auto& files = message_.levels[frame.level].embedded;
    const auto first = frame.next_file;
    const auto first_row = rows_.size();
    for (auto i = first; i < files.size() && files[i].part == part; ++i) {
      const auto above = files[i].within ? first_row + (*files[i].within - first)
                                         : frame.rows[part];
      rows_[above].has_children = true;
      add_file(files[i], static_cast<std::uint32_t>(i), above, frame.level);
      frame.next_file = i + 1;
    }
  }

  void add_file(const EmbeddedPart& found, std::uint32_t index,
                std::size_t above, std::uint32_t level) {
    using Kind = mime::EmbeddedKind;
    PartRow row;
    row.id = rows_[above].id + "." + std::to_string(found.number);
    row.parent = above;
    row.depth = rows_[above].depth + 1;
    row.embedded = mime::to_string(found.file.kind);
    row.type = found.file.media_type;
    if (row.type.empty()) {
      row.type = found.file.kind == Kind::message
                     ? "application/ms-tnef"
                     : mime::media_type_of(found.file.name);
    }
    row.charset = found.file.charset;
    row.disposition = found.file.kind == Kind::body ? "inline" : "attachment";
    row.name = found.file.name;
    row.content_id = found.file.content_id;
    row.decoded_octets = found.body.octets;
    row.decoded = found.body.decoded;
    if (found.end.malformed) row.worst = mime::Severity::warning;
    row.level = level;
    row.part = found.part;
    row.file = index;
    rows_.push_back(std::move(row));
  }

  const ParsedMessage& message_;
  std::vector<PartRow> rows_;
  std::vector<Frame> frames_;
  std::uint32_t next_level_ = 1;
};

bool is_attachment(const PartRow& row) {
  if (row.is_message) return true;
  if (row.embedded == to_string(mime::EmbeddedKind::body) ||
      row.embedded == to_string(mime::EmbeddedKind::message)) {
    return false;
  }
  if (row.has_children) {
    // A text with files in it, or TNEF: what it holds is saved instead.
    return false;
  }
  if (row.disposition == "attachment" || !row.name.empty()) return true;
  return !row.type.starts_with("text/");
}

}  // namespace

std::vector<PartRow> rows_of(const ParsedMessage& message) {
  return RowBuilder(message).build();
}

const PartRow* find_row(const std::vector<PartRow>& rows, std::string_view id) {
  for (const auto& row : rows) {
    if (row.id == id) return &row;
  }
  const bool names_top = id == "0" && rows.size() == 1;
  return names_top ? rows.data() : nullptr;
}

std::vector<std::size_t> attachment_rows(const std::vector<PartRow>& rows) {
  std::vector<std::size_t> found;
  std::vector<bool> inside(rows.size(), false);  // of an attached message
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const auto parent = rows[i].parent) {
      inside[i] = inside[*parent] || rows[*parent].is_message;
    }
    if (!inside[i] && is_attachment(rows[i])) found.push_back(i);
  }
  return found;
}

}  // namespace mailtool::app
