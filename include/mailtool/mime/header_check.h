/// \file
/// HeaderCheck: what is wrong with the values of a message's header fields, and
/// where readers would see another sender. RFC 5322 section 3.6.
#pragma once

#include <string>
#include <vector>

#include "mailtool/mime/address.h"
#include "mailtool/mime/structure.h"

namespace mailtool::mime {

/// Reads the fields of each message of a structure and adds the defects that
/// it finds. Used again for message after message it asks for no memory once
/// it has seen the largest.
class HeaderCheck {
 public:
  void check(Structure& structure);

 private:
  void check_message(Structure& structure, std::uint32_t part);
  void check_field(Structure& structure, const Field& field);
  void check_addresses(Structure& structure, const Field& field);
  void check_from(Structure& structure, std::uint32_t part);

  AddressList addresses_;
  std::size_t authors_ = 0;  // that the first From names
  std::string decoded_;
  std::vector<std::string> ids_;
};

}  // namespace mailtool::mime
