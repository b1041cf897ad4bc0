// What is composed of: contents that are read once, and looked at first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/base/sink.h"
#include "mailtool/mime/filter.h"

namespace mailtool::mime {

// Counts what passes.
class CountingSink : public Sink {
 public:
  explicit CountingSink(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override {
    octets_ += octets.size();
    return octets.empty() ? Result<void>{} : out_.write(octets);
  }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

 private:
  Sink& out_;
  std::uint64_t octets_ = 0;
};

// The beginning of a Source, at most 1 MiB, and whether that is all.
struct Head {
  std::string text;
  bool whole = false;
};

Result<Head> look_ahead(Source& from);

// All of a content to `to`; `last` becomes its last octet, if there is one.
Result<void> pour(const Head& head, Source& rest, Sink& to, char& last);

// UTF-8 as far as can be seen: a character may be cut at the end of the head.
[[nodiscard]] bool looks_like_utf8(const Head& head);
// The same without controls but tab, line ends and form feed.
[[nodiscard]] bool looks_like_text(const Head& head);
// Each line end is CRLF, and each CR stands in one.
[[nodiscard]] bool has_crlf_alone(std::string_view text);

// A content with LF or CRLF line ends, with CRLF ones. A bare CR stays.
class CrlfSource : public Source {
 public:
  explicit CrlfSource(std::unique_ptr<Source> from) : from_(std::move(from)) {}
  Result<std::size_t> read_some(std::span<char> into) override;

 private:
  std::unique_ptr<Source> from_;
  std::string buffer_;
  std::size_t at_ = 0;  // in buffer_
  char last_ = 0;
};

}  // namespace mailtool::mime
