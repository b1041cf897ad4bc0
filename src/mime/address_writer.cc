#include "address_writer.h"

#include <algorithm>

#include "atext.h"
#include "encoded_word_syntax.h"
#include "header_text.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

using enum DefectRule;
using Kind = AddressToken::Kind;

// Kept from list to list, so that writing costs no allocation.
struct Texts {
  std::string read;
  std::string comment;
  std::string phrase;
};

Texts& texts() {
  constexpr std::size_t kKept = 64 * 1024;
  static thread_local Texts kept;
  if (kept.read.capacity() > kKept) kept.read = {};
  if (kept.comment.capacity() > kKept) kept.comment = {};
  if (kept.phrase.capacity() > kKept) kept.phrase = {};
  return kept;
}

bool holds_encoded_word(std::string_view text) {
  auto at = text.find("=?");
  for (; at != text.npos; at = text.find("=?", at + 2)) {
    if (read_encoded_word(text.substr(at))) return true;
  }
  return false;
}

// A domain literal, or atoms and dots in any order.
bool can_be_domain(std::string_view host) {
  if (host.starts_with('[')) return host.find(']') == host.size() - 1;
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return is_atext(c) || c == '.'; });
}

}  // namespace

AddressWriter::AddressWriter(const AddressTokens& tokens, AddressList& list,
                             Names names)
    : tokens_(tokens),
      list_(list),
      names_(names),
      read_(texts().read),
      comment_(texts().comment),
      phrase_(texts().phrase) {
  comment_.clear();
}

std::string& AddressWriter::comment_to_read() { return read_; }

void AddressWriter::keep_comment() { std::swap(comment_, read_); }

void AddressWriter::forget_comment() { comment_.clear(); }

void AddressWriter::name_last_by_comment() {
  auto& mailbox = list_.mailboxes.back();
  set_name(read_, mailbox.name);
  if (shows_other_address(mailbox.name, mailbox.address)) {
    list_.defects.add(address_in_display_name);
  }
}

Address& AddressWriter::next_mailbox() {
  auto& spare = list_.spare_mailboxes;
  if (spare.empty()) return list_.mailboxes.emplace_back();
  list_.mailboxes.push_back(std::move(spare.back()));
  spare.pop_back();
  return list_.mailboxes.back();
}

Added AddressWriter::add(TokenRange name, TokenRange local, TokenRange domain,
                         bool has_at) {
  if (list_.mailboxes.size() >= kMaxAddresses) {
    list_.defects.add(malformed_address);
    return Added::no;
  }
  auto& mailbox = next_mailbox();
  set_phrase(name, mailbox.name);
  const bool nameless = mailbox.name.empty();
  if (nameless) set_name(comment_, mailbox.name);
  comment_.clear();
  if (!set_address(local, domain, has_at, mailbox.address)) {
    list_.defects.add(malformed_address);
    list_.spare_mailboxes.push_back(std::move(list_.mailboxes.back()));
    list_.mailboxes.pop_back();
    return Added::no;
  }
  check_address(mailbox.address);
  if (shows_other_address(mailbox.name, mailbox.address)) {
    list_.defects.add(address_in_display_name);
  }
  return nameless ? Added::nameless : Added::named;
}

void AddressWriter::add_group(const AddressToken* begin,
                              const AddressToken* end) {
  auto& spare = list_.spare_groups;
  if (spare.empty()) {
    list_.groups.emplace_back();
  } else {
    list_.groups.push_back(std::move(spare.back()));
    spare.pop_back();
  }
  auto& group = list_.groups.back();
  set_phrase({begin, end}, group.name);
  group.begin = group.end = list_.mailboxes.size();
  comment_.clear();
}

void AddressWriter::set_name(std::string_view phrase, std::string& name) {
  if (names_ == Names::raw) {
    name = unfold(phrase);
    return;
  }
  name.clear();
  decode_value(phrase, name, &list_.defects);
}

// phrase, with the white space it was written with, then decoded. RFC 2047
// section 5 (3): no encoded word stands in a quoted string; such are read.
void AddressWriter::set_phrase(TokenRange tokens, std::string& name) {
  phrase_.clear();
  for (const auto* token = tokens.first; token != tokens.second; ++token) {
    if (token->spaced && !phrase_.empty()) phrase_ += ' ';
    const auto text = tokens_.of(*token);
    phrase_ += text;
    if (token->kind == Kind::quoted && holds_encoded_word(text)) {
      list_.defects.add(malformed_encoded_word);
    }
  }
  set_name(phrase_, name);
}

bool AddressWriter::set_address(TokenRange local, TokenRange domain,
                                bool has_at, std::string& address) {
  address.clear();
  for (const auto* token = local.first; token != local.second; ++token) {
    address += tokens_.of(*token);
  }
  if (local.first == local.second) return false;
  if (!is_dot_atom(address)) {
    phrase_ = address;
    address.clear();
    append_quoted(phrase_, address);
  }
  if (has_at) {
    address += '@';
    const auto host = address.size();
    for (const auto* token = domain.first; token != domain.second; ++token) {
      address += tokens_.of(*token);
    }
    const auto written = std::string_view(address).substr(host);
    if (written.empty() || !can_be_domain(written)) return false;
  }
  return std::none_of(address.begin(), address.end(), is_control);
}

void AddressWriter::check_address(std::string& address) {
  const bool utf8 = is_valid_utf8(address);
  if (!utf8 || raw_to_text(address, 0)) {
    list_.defects.add(malformed_address);
    if (!utf8) raw_to_text(address, 0);
  }
  if (holds_encoded_word(address)) {
    list_.defects.add(encoded_word_in_address);
  }
  if (has_deceptive_characters(address)) {
    list_.defects.add(deceptive_characters);
  }
}

}  // namespace mailtool::mime
