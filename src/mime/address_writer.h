// AddressWriter: makes mailboxes and groups of tokens.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "address_tokens.h"
#include "mailtool/mime/address.h"

namespace mailtool::mime {

// Tokens [first, second).
using TokenRange = std::pair<const AddressToken*, const AddressToken*>;

// What became of an address.
enum class Added { no, named, nameless };

// How they are written to the list.
enum class Names { decoded, raw };

class AddressWriter {
 public:
  AddressWriter(const AddressTokens& tokens, AddressList& list, Names names);

  // Where the lexer puts the comment that it skips.
  std::string& comment_to_read();
  // That comment names what is added next, unless something else does.
  void keep_comment();
  void forget_comment();
  // That comment names the last mailbox.
  void name_last_by_comment();

  // "name" local "@" domain. Without "@" `domain` is empty. What cannot be an
  // address is left out as malformed.
  Added add(TokenRange name, TokenRange local, TokenRange domain, bool has_at);
  void add_group(const AddressToken* begin, const AddressToken* end);

 private:
  void set_name(std::string_view phrase, std::string& name);
  void set_phrase(TokenRange tokens, std::string& name);
  bool set_address(TokenRange local, TokenRange domain, bool has_at,
                   std::string& address);
  void check_address(std::string& address);
  Address& next_mailbox();

  const AddressTokens& tokens_;
  AddressList& list_;
  Names names_;
  std::string& read_;     // a comment
  std::string& comment_;  // the last one since the last mailbox
  std::string& phrase_;
};

}  // namespace mailtool::mime
