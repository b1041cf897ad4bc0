// The hash of the header that a signature covers: RFC 6376 section 3.7.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/signing/body_hash.h"
#include "mailtool/signing/header_field.h"
#include "mailtool/signing/signature.h"

namespace mailtool::signing {

// Where the fields of each name stand; made once for all signatures of a
// message. The header outlives it.
class HeaderIndex {
 public:
  explicit HeaderIndex(std::span<const HeaderField> header);

  [[nodiscard]] const HeaderField& operator[](std::size_t index) const {
    return header_[index];
  }
  // From the top of the header down. `name` is in lower case.
  [[nodiscard]] std::span<const std::size_t> named(std::string_view name) const;

 private:
  std::span<const HeaderField> header_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> names_;
};

// The fields that h= names, from the bottom of the header up, then the field
// at index `own` with b= emptied. A name that is listed more often than it
// occurs stands for nothing (section 5.4.2). What hinders it is returned.
[[nodiscard]] std::optional<Problem> header_hash(const HeaderIndex& header,
                                                 std::size_t own,
                                                 const Signature& signature,
                                                 Digest256& hash);

}  // namespace mailtool::signing
