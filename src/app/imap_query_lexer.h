/// \file
/// QueryLexer: the words of a query.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::app {

struct QueryToken {
  enum class Kind : std::uint8_t {
    end,
    open,      ///< (
    close,     ///< )
    join_or,   ///< or
    join_and,  ///< and
    negate,    ///< not, or a "-" glued to what it negates
    term,      ///< KEY:VALUE, or a word or phrase with an empty key
  };
  Kind kind = Kind::end;
  std::string key;    ///< lower case
  std::string value;  ///< unquoted
};

class QueryLexer {
 public:
  explicit QueryLexer(std::string_view text) : text_(text) {}
  /// Fails with usage on an open quote or, after raw:, an open parenthesis.
  Result<QueryToken> next();

 private:
  Result<std::string> quoted();
  Result<std::string> parenthesised();
  Result<std::string> value();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace mailtool::app
