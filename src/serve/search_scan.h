/// \file
/// SearchScan: which texts stand in a message (BODY and TEXT of SEARCH).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/body_decoder.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/parser.h"
#include "serve/imap_search.h"

namespace mailtool::serve {

/// Looks for texts in what is written to it, which is UTF-8, without regard to
/// case. Memory: 64 KiB and twice the longest text.
class TextMatcher : public Sink {
 public:
  /// `texts` outlives it.
  explicit TextMatcher(const std::vector<SearchText>& texts);
  /// Nothing is found.
  void reset();
  /// What follows is header, where only some texts are looked for, or not.
  void begin(bool header) { header_ = header; }
  Result<void> write(std::string_view octets) override;
  /// What follows does not belong together with what came.
  void end();

  [[nodiscard]] bool found(std::size_t slot) const { return found_[slot]; }
  [[nodiscard]] bool found_all() const { return left_ == 0; }

 private:
  void look();

  const std::vector<SearchText>& texts_;
  std::size_t longest_ = 0;
  std::vector<bool> found_;
  std::size_t left_ = 0;
  bool header_ = false;
  std::string held_;    // the octets of a character that is not whole
  std::string folded_;  // not looked at, but for longest_ octets
};

/// Takes a message as it comes. Texts are those of parts of type text and
/// message, decoded; TEXT looks at all header fields too, BODY only at those of
/// messages within the message.
class SearchScan : private mime::ParserEvents {
 public:
  /// `texts` outlives it.
  explicit SearchScan(const std::vector<SearchText>& texts);
  SearchScan(const SearchScan&) = delete;
  SearchScan& operator=(const SearchScan&) = delete;

  void begin();
  void feed(std::string_view octets) { parser_.feed(octets); }
  void finish() { parser_.finish(); }
  [[nodiscard]] const TextMatcher& matcher() const { return matcher_; }

 private:
  void begin_part(const mime::Structure& so_far, std::uint32_t part) override;
  void body(std::uint32_t part, std::string_view octets) override;
  void end_part(const mime::Structure& so_far, std::uint32_t part) override;

  TextMatcher matcher_;
  mime::BodyDecoder decoder_;
  mime::CharsetDecoder charset_;
  bool decoding_ = false;
  mime::Parser parser_;
};

}  // namespace mailtool::serve
