/// \file
/// WaitAddress: whom a message must be to.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/imap/search_key.h"

namespace mailtool::app {

class WaitAddress {
 public:
  /// "bob@example.test"; or "bob", at any domain. Fails with usage.
  static Result<WaitAddress> parse(const std::string& text);

  /// The fields that name recipients, for FETCH and search_key().
  static constexpr std::string_view kFields[] = {"To", "Cc", "Delivered-To",
                                                 "X-Original-To"};

  /// What a server can tell of it: it may find too many messages.
  [[nodiscard]] imap::SearchKey search_key() const;
  /// Is it one of the addresses in these header fields? Letters are compared
  /// without case, domains as A-labels.
  [[nodiscard]] bool is_in(std::string_view header) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  WaitAddress(std::string text, std::string key)
      : text_(std::move(text)), key_(std::move(key)) {}
  std::string text_;
  std::string key_;
};

}  // namespace mailtool::app
