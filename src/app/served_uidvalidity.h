/// \file
/// ServedUidvalidity: what the next folder of a user gets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// Each is above all that the user's folders have had, the removed ones too,
/// whatever the clock says (RFC 9051 section 2.3.1.1). The highest stands in the
/// file `uidvalidity`, and is there before any folder has it. So do names that were
/// given up, with the UIDVALIDITY each had, so that none has a lower one later.
class ServedUidvalidity {
 public:
  /// Of names, so that the largest tree may be renamed four times; behind them a
  /// name counts as one that had the highest of those that were forgotten, which
  /// are the lowest.
  static constexpr std::size_t kMaxNames = 40'000;

  struct Named {
    std::string name;
    std::uint32_t uidvalidity;
  };

  /// `folder` is the user's; it is made where it is absent.
  explicit ServedUidvalidity(std::string folder)
      : folder_(std::move(folder)) {}

  /// Reads the file; what is below does so where it is due. Fails with config where
  /// it is damaged, then and each time.
  Result<void> load();
  /// The first of `count`, 1 or more, in a row. `now`: seconds since 1970, which it
  /// is where nothing is above that. Fails with config where the file is damaged,
  /// with cannot_create or local_io, also where so many are not left.
  Result<std::uint32_t> next(std::int64_t now, std::uint32_t count = 1);
  /// These are to be given up: their folders will be removed, or renamed. Fails as
  /// next().
  Result<void> give_up(const std::vector<Named>& names);
  /// That was given up by another program; written with what is written next.
  void lost(const Named& named);
  /// Whether a folder with that one may have that name. To be asked before what it
  /// had is given up, for which other names may be forgotten. Fails as next().
  Result<bool> may_be(const Named& named);

 private:
  bool parse(std::string_view text);
  Result<void> write();
  void note(const Named& named);
  void forget_some();

  std::string folder_;
  bool loaded_ = false;
  std::uint32_t highest_ = 0;
  std::map<std::string, std::uint32_t, std::less<>> given_up_;
  std::uint32_t forgotten_ = 0;  // the highest of them
};

}  // namespace mailtool::app
