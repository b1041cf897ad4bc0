/// \file
/// Aliases: who reads the mail of "root". The file of aliases(5), read for
/// every run.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// What a file may cost: beyond these it is an Error.
struct AliasLimits {
  std::size_t octets = 1 << 20;    ///< of the file, and of each included one
  std::size_t names = 10'000;      ///< in the file
  std::size_t depth = 20;          ///< aliases of aliases, included files too
  std::size_t includes = 100;      ///< files, per expansion
  std::size_t addresses = 10'000;  ///< that aliases expand to, per expansion
};

/// Names in lower case, and what each stands for. A name that is said twice
/// means what it says first.
class Aliases {
 public:
  /// Reads `text` as the content of `path`, which errors name. Fails with
  /// config, naming the line: one that is no alias, or a limit.
  static Result<Aliases> parse(std::string_view text, std::string path,
                               const AliasLimits& limits = {});
  /// Reads a file. Fails with config, also when it cannot be read.
  static Result<Aliases> load(const std::string& path);

  /// `recipients` with local names replaced by what they stand for, at any
  /// depth, in order; the rest as it is. Local are names without a domain, or
  /// with `domain` or localhost. A name that has no alias and no domain is
  /// replaced by the alias "default", where there is one. "\bob" and an alias
  /// of itself are not replaced. Fails with config: aliases that go round in a
  /// circle, limits, and what is a program, a file or a directive.
  Result<std::vector<std::string>> expand(
      const std::vector<std::string>& recipients,
      std::string_view domain) const;

 private:
  struct Alias {
    std::string value;  // items and commas, comments gone, one line
    std::size_t line = 0;
  };
  friend class AliasExpansion;

  std::string path_;
  AliasLimits limits_;
  std::map<std::string, Alias, std::less<>> aliases_;  // by lower-case name
};

}  // namespace mailtool::app
