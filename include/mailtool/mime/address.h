/// \file
/// Address lists: RFC 5322 section 3.4 and its obsolete forms (4.4), groups,
/// UTF-8 (RFC 6532), and the broken forms that real mail has.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/mime/defect.h"

namespace mailtool::mime {

/// One mailbox.
struct Address {
  std::string name;     ///< display name, else trailing comment; UTF-8, decoded
  std::string address;  ///< "local@domain", local part quoted only if it must
  friend bool operator==(const Address&, const Address&) = default;
};

/// A named group: mailboxes [begin, end) of its list; may be empty.
struct AddressGroup {
  std::string name;
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const AddressGroup&, const AddressGroup&) = default;
};

struct AddressList {
  std::vector<Address> mailboxes;
  std::vector<AddressGroup> groups;
  /// Something did not follow the syntax and was mended or skipped:
  /// defects.has(malformed_address).
  bool defective = false;
  /// malformed_address, address_in_display_name, encoded_word_in_address,
  /// deceptive_characters, and what decode_encoded_words finds in names.
  DefectSet defects = {};
  /// Storage of former values, kept for the next; nothing to be read.
  std::vector<Address> spare_mailboxes = {};
  std::vector<AddressGroup> spare_groups = {};
};

/// Longest list that is read; the rest is skipped and marked as a defect.
inline constexpr std::size_t kMaxAddresses = 200'000;

/// Reads the value of an address field, folded or not, in linear time. Never
/// fails: what cannot be an address is left out and marked as a defect.
///
/// A word without domain ("root") is an address of its own. Before a comma it
/// is one only if it is in lower case; "Doe, John <j@example.org>" is one name.
///
/// Mended: a name with an unquoted comma or dot, ";" between addresses, a
/// missing ">", several addresses without a comma, a route (dropped), nested
/// groups (flattened), a group without ";". Where readers differ about who is
/// meant: "a@bank <b@evil>" is b@evil by the name of "a@bank"; of
/// "J <a@x> <b@evil>" both count; an address never comes out of an encoded
/// word or a display name, whatever these look like.
[[nodiscard]] AddressList parse_address_list(std::string_view value);

/// As above, replacing what `into` holds and reusing its storage: lists one
/// after another cost no allocation once the largest has been seen.
void parse_address_list(std::string_view value, AddressList& into);

/// As parse_address_list, for what a user typed: fails with usage on anything
/// defective, on CR, LF, NUL and other controls, and on an empty list.
/// `what` names the option in the error: "--to".
Result<AddressList> read_address_list(std::string_view text,
                                      std::string_view what);

/// One field value, not folded: phrases quoted or as encoded words (RFC 2047).
/// The inverse of parse_address_list.
[[nodiscard]] std::string to_header(const AddressList& list);
[[nodiscard]] std::string to_header(const Address& mailbox);

/// "Alice Ü <alice@example.org>" for people to read: decoded, not for headers.
[[nodiscard]] std::string to_display(const Address& mailbox);

}  // namespace mailtool::mime
