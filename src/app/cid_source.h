/// \file
/// CidSource: HTML that refers to files by name, made to refer to them by
/// Content-ID (RFC 2392).
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Passes HTML on with each "cid:NAME" made "cid:ID" where NAME is one of those
/// given and stands whole: no letter, digit or mark of a URL scheme before
/// "cid:", none of a name behind NAME. All else stays octet for octet. Memory:
/// some KiB and the longest name.
class CidSource : public Source {
 public:
  /// Name to ID; of two names that fit, the longer one counts.
  using Names = std::map<std::string, std::string, std::less<>>;

  /// `html` outlives it.
  CidSource(Source& html, Names names);

  /// Fails as `html` does.
  Result<std::size_t> read_some(std::span<char> into) override;

 private:
  void rewrite();
  [[nodiscard]] Names::const_iterator name_at(std::string_view text) const;

  Source& html_;
  Names names_;
  std::vector<std::size_t> sizes_;  // of names, each once, falling
  std::size_t longest_ = 0;
  std::string pending_;  // read, and not yet looked at
  std::string ready_;    // what is to be handed out, from taken_ on
  std::size_t taken_ = 0;
  char before_ = ' ';  // what stands before pending_
  bool ended_ = false;
};

}  // namespace mailtool::app
