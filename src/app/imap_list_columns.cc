#include "app/imap_list_columns.h"

#include <algorithm>
#include <array>

namespace mailtool::app {
namespace {

struct Column {
  std::size_t wide;    // 0: a share of what is left
  std::size_t narrow;  // the least; 0: of a text to read, see least_of()
  std::size_t share;
  int worth;  // the least goes first
};

// In the order of ListField.
constexpr std::array<Column, 16> kColumns{{
    {7, 5, 0, 16},    // uid
    {16, 10, 0, 11},  // date
    {16, 10, 0, 6},   // arrival
    {0, 6, 3, 13},    // from
    {0, 6, 3, 10},    // to
    {0, 6, 3, 7},     // cc
    {0, 0, 6, 15},    // subject
    {9, 9, 0, 4},     // size
    {0, 6, 2, 9},     // flags
    {0, 8, 4, 3},     // message-id
    {0, 8, 3, 2},     // thread-id
    {0, 8, 3, 1},     // email-id
    {0, 0, 6, 12},    // preview
    {16, 10, 0, 5},   // saved
    {0, 8, 4, 8},     // attachments
    {0, 6, 2, 14},    // folder
}};

constexpr std::size_t kGap = 2;

// Half of a narrow terminal is for what is read, be it one text or several.
constexpr std::size_t kLeastRead = 10;
constexpr std::size_t kMostRead = 20;

const Column& column_of(ListField field) {
  return kColumns[static_cast<std::size_t>(field)];
}

class Layout {
 public:
  Layout(const std::vector<ListField>& fields, std::size_t columns)
      : columns_(columns),
        read_(std::clamp(columns / 2, kLeastRead, kMostRead)) {
    for (const auto field : fields) kept_.push_back(&column_of(field));
    while (needed() > columns_ && give_way()) {}
  }

  std::vector<std::size_t> widths() const {
    std::vector<std::size_t> widths(kept_.size(), 0);
    std::size_t taken = gaps();
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (kept_[i] == nullptr || kept_[i]->share > 0) continue;
      widths[i] = std::min(least_of(*kept_[i]), columns_);
      taken += widths[i];
    }
    share(columns_ - std::min(columns_, taken), widths);
    return widths;
  }

 private:
  [[nodiscard]] std::size_t least_of(const Column& column) const {
    if (column.share == 0) return narrow_ ? column.narrow : column.wide;
    return column.narrow > 0 ? column.narrow : read_;
  }

  [[nodiscard]] std::size_t count() const {
    return kept_.size() - static_cast<std::size_t>(std::count(
                              kept_.begin(), kept_.end(), nullptr));
  }
  [[nodiscard]] std::size_t gaps() const {
    return kGap * (std::max<std::size_t>(count(), 1) - 1);
  }
  [[nodiscard]] std::size_t needed() const {
    auto all = gaps();
    for (const auto* column : kept_) all += column ? least_of(*column) : 0;
    return all;
  }

  // What the others leave to each text to read, where that is as much as one
  // needs at all, and less than it has.
  bool read_less() {
    std::size_t texts = 0;
    auto others = gaps();
    for (const auto* column : kept_) {
      if (column == nullptr) continue;
      const bool is_text = column->share > 0 && column->narrow == 0;
      texts += is_text ? 1 : 0;
      others += is_text ? 0 : least_of(*column);
    }
    // A single one keeps its half.
    if (texts < 2) return false;
    const auto each = (columns_ - std::min(columns_, others)) / texts;
    if (each < kLeastRead || each >= read_) return false;
    read_ = each;
    return true;
  }

  // False where nothing is left to give.
  bool give_way() {
    if (!narrow_) return narrow_ = true;
    if (read_less()) return true;
    if (count() < 2) return false;
    const auto least = std::min_element(
        kept_.begin(), kept_.end(), [](const Column* a, const Column* b) {
          if (a == nullptr || b == nullptr) return a != nullptr;
          return a->worth < b->worth;
        });
    *least = nullptr;
    return true;
  }

  // What a share would make too narrow has its least, and the others the rest.
  void share(std::size_t left, std::vector<std::size_t>& widths) const {
    bool settled = false;
    while (!settled) {
      settled = true;
      std::size_t shares = 0;
      auto room = left;
      for (std::size_t i = 0; i < kept_.size(); ++i) {
        if (kept_[i] == nullptr || kept_[i]->share == 0) continue;
        if (widths[i] == 0) shares += kept_[i]->share;
        room -= std::min(room, widths[i]);
      }
      for (std::size_t i = 0; i < kept_.size() && settled; ++i) {
        const auto* column = kept_[i];
        if (column == nullptr || column->share == 0 || widths[i] > 0) continue;
        if (room * column->share / shares >= least_of(*column)) continue;
        widths[i] = std::clamp<std::size_t>(least_of(*column), 1,
                                            std::max<std::size_t>(left, 1));
        settled = false;
      }
      for (std::size_t i = 0; i < kept_.size() && settled; ++i) {
        if (kept_[i] == nullptr || widths[i] > 0) continue;
        widths[i] = room * kept_[i]->share / shares;
      }
    }
  }

  std::size_t columns_;
  std::vector<const Column*> kept_;  // a field each; null: left out
  bool narrow_ = false;
  std::size_t read_;  // the least of a text to read
};

}  // namespace

std::vector<std::size_t> column_widths(const std::vector<ListField>& fields,
                                       std::size_t columns) {
  return Layout(fields, columns).widths();
}

}  // namespace mailtool::app
