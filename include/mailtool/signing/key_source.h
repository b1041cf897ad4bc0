/// \file
/// KeySource: where the key records of signers come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::signing {

/// What asking for the TXT records of a name gave.
struct KeyAnswer {
  enum class Kind : std::uint8_t {
    found,      ///< `records` holds at least one
    no_record,  ///< the name exists and has no TXT record
    no_name,    ///< NXDOMAIN
    temporary,  ///< no telling; asking again later may help
  };
  Kind kind = Kind::no_name;
  std::vector<std::string> records;  ///< the strings of each one joined
  std::string why;                   ///< of a temporary failure; often empty
};

/// Answers with TXT records. The layer has no other way to the outside.
class KeySource {
 public:
  virtual ~KeySource() = default;
  /// `name` has no trailing dot; it may hold UTF-8 labels. Fails only with
  /// what must stop the run (interrupted, timed_out as a whole).
  virtual Result<KeyAnswer> txt(std::string_view name) = 0;
};

/// Asks each name once, and remembers the answers of the last kMaxNames names
/// or fewer. After kMaxTemporary temporary failures in a row no further name is
/// asked for, so that a dead name server costs a few timeouts and no more.
class CachedKeys : public KeySource {
 public:
  static constexpr std::size_t kMaxTemporary = 5;
  static constexpr std::size_t kMaxNames = 2000;

  /// `source` outlives the cache.
  explicit CachedKeys(KeySource& source) : source_(source) {}
  Result<KeyAnswer> txt(std::string_view name) override;

 private:
  KeySource& source_;
  std::map<std::string, KeyAnswer, std::less<>> answers_;
  std::size_t temporary_ = 0;  // failures in a row
};

}  // namespace mailtool::signing
