// A message read, walked and in rows, from a string.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "app/part_row.h"
#include "mailtool/mime/parser.h"

namespace mailtool::app::test {

class StringAccess : public RandomAccess {
 public:
  explicit StringAccess(std::string_view text) : text_(text) {}
  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    EXPECT_LE(offset + length, text_.size());
    // In pieces, as a file comes.
    for (std::uint64_t at = 0; at < length; at += 7) {
      auto written = to.write(text_.substr(
          offset + at, std::min<std::uint64_t>(7, length - at)));
      if (!written) return written;
    }
    return {};
  }

 private:
  std::string_view text_;
};

class Walked {
 public:
  explicit Walked(std::string text, std::size_t chunk = 100'000,
                  bool quoted_from = false)
      : text_(std::move(text)), access_(text_) {
    place_.quoted_from = quoted_from;
    walk_.begin_message(quoted_from);
    const std::string_view octets = text_;
    for (std::size_t i = 0; i < octets.size(); i += chunk) {
      parser_.feed(octets.substr(i, chunk));
    }
    structure_ = &parser_.finish();
    walk_.end_message(*structure_);
  }
  Walked(const Walked&) = delete;
  Walked& operator=(const Walked&) = delete;

  [[nodiscard]] ParsedMessage message() {
    return {place_, *structure_, walk_.levels(), &access_};
  }
  [[nodiscard]] std::vector<PartRow> rows() { return rows_of(message()); }

  /// "0 multipart/mixed|1 text/plain a.txt <content>".
  [[nodiscard]] std::string outline() {
    std::string text;
    for (const auto& row : rows()) {
      text += (text.empty() ? "" : "|") + row.id + " " + row.type;
      if (!row.embedded.empty()) text.append(" ").append(row.embedded);
      if (!row.name.empty()) text += " " + row.name;
      if (!row.has_children) text += " <" + content(row) + ">";
    }
    return text;
  }

  [[nodiscard]] std::string content(const PartRow& row) {
    StringSink out(1 << 20);
    EXPECT_TRUE(copy_decoded(message(), row, out));
    EXPECT_EQ(out.text().size(),
              row.decoded_octets.value_or(out.text().size()));
    const auto digest = sha256(out.text());
    EXPECT_EQ(hex(digest), hex(row.decoded.value_or(digest)));
    return out.take();
  }

  [[nodiscard]] std::string defects(std::size_t level = 0) {
    const auto& structure =
        level == 0 ? *structure_ : walk_.levels()[level].structure;
    std::string text;
    for (const auto& defect : structure.defects) {
      text += (text.empty() ? "" : " ") + std::string(info(defect.rule).name);
    }
    return text;
  }

 private:
  std::string text_;
  StringAccess access_;
  MessagePlace place_;
  PartWalk walk_{{.digests = true, .limits = {}, .policy = {}, .parser = {}}};
  mime::Parser parser_{{}, &walk_};
  mime::Structure* structure_ = nullptr;
};

}  // namespace mailtool::app::test
