/// \file
/// ServedUidvalidity: what the next folder of a user gets.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// Each is above all that the user's folders have had, the removed ones too,
/// whatever the clock says (RFC 9051 section 2.3.1.1). The highest stands in the
/// file `uidvalidity`, and is there before any folder has it.
class ServedUidvalidity {
 public:
  /// `folder` is the user's; it is made where it is absent.
  explicit ServedUidvalidity(std::string folder)
      : folder_(std::move(folder)) {}

  /// `now`: seconds since 1970, which it is where nothing is above that. Fails
  /// with config where the file is damaged, with cannot_create or local_io, also
  /// where none is left.
  Result<std::uint32_t> next(std::int64_t now);
  /// A folder that is to be removed had this one. Fails as next().
  Result<void> had(std::uint32_t uidvalidity);

 private:
  Result<void> load();
  Result<void> write(std::uint32_t highest);

  std::string folder_;
  bool loaded_ = false;
  std::uint32_t highest_ = 0;
};

}  // namespace mailtool::app
