#include "mailtool/imap/command.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::imap {
namespace {

// Longest string sent in quotes; beyond it a literal spares servers that bound
// the line.
constexpr std::size_t kMaxQuoted = 1000;

// ATOM-CHAR = <any CHAR except atom-specials>        ; RFC 9051 section 9
bool is_atom_char(char c) {
  if (is_control(c) || is_8bit(c)) return false;
  return std::string_view("(){ %*\"\\]").find(c) == std::string_view::npos;
}

bool is_atom(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_atom_char);
}

// astring = 1*ASTRING-CHAR / string; "NIL" is quoted, since not every server
// knows that an astring cannot be NIL.
bool is_astring_atom(std::string_view text) {
  return is_atom(text) && !iequals(text, "NIL");
}

bool is_quotable(std::string_view text, bool utf8) {
  return text.size() <= kMaxQuoted && (utf8 || is_ascii(text)) &&
         !has_line_break_or_nul(text);
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

}  // namespace

std::size_t Command::octets() const {
  std::size_t total = 0;
  for (const auto& fragment : fragments) total += fragment.octets.size();
  return total;
}

CommandBuilder::CommandBuilder(std::string_view name) {
  command_.name = name;
  append(name);
}

void CommandBuilder::append(std::string_view octets) {
  if (command_.fragments.empty() || command_.fragments.back().literal) {
    command_.fragments.push_back({});
  }
  command_.fragments.back().octets += octets;
}

void CommandBuilder::separate() {
  if (blank_) append(" ");
  blank_ = true;
}

void CommandBuilder::refuse(std::string why) {
  if (refused_.empty()) refused_ = std::move(why);
}

CommandBuilder& CommandBuilder::text(std::string_view words) {
  if (has_line_break_or_nul(words) || !is_ascii(words)) {
    refuse("CR, LF, NUL or 8-bit octets in " + printable(words));
    return *this;
  }
  separate();
  append(words);
  return *this;
}

CommandBuilder& CommandBuilder::astring(std::string_view octets) {
  if (octets.find('\0') != octets.npos) {
    refuse("NUL in " + printable(octets));
    return *this;
  }
  separate();
  if (is_astring_atom(octets)) {
    append(octets);
  } else if (is_quotable(octets, false)) {
    append(in_quotes(octets));
  } else {
    command_.fragments.push_back({true, std::string(octets)});
  }
  return *this;
}

CommandBuilder& CommandBuilder::mailbox(const MailboxName& name) {
  if (has_line_break_or_nul(name.wire)) {
    refuse("CR, LF or NUL in the folder name " + printable(name.wire));
    return *this;
  }
  // A name that is well formed and not ASCII is one of a session where quoted
  // strings hold UTF-8 (RFC 9051 section 9, RFC 6855 section 3).
  if (name.well_formed && !is_ascii(name.wire) &&
      is_quotable(name.wire, true)) {
    separate();
    append(in_quotes(name.wire));
    return *this;
  }
  return astring(name.wire);
}

CommandBuilder& CommandBuilder::set(const SequenceSet& uids) {
  if (uids.empty()) {
    refuse("an empty set");
    return *this;
  }
  return text(to_wire(uids));
}

CommandBuilder& CommandBuilder::flags(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) {
    if (!is_flag(name)) refuse("no legal flag: " + printable(name));
    if (!list.empty()) list += ' ';
    list += name;
  }
  return text("(" + list + ")");
}

CommandBuilder& CommandBuilder::open() {
  separate();
  append("(");
  blank_ = false;
  return *this;
}

CommandBuilder& CommandBuilder::close() {
  append(")");
  blank_ = true;
  return *this;
}

Result<Command> CommandBuilder::build() {
  if (!refused_.empty()) {
    return Error{ErrorKind::usage, "cannot be sent: " + refused_,
                 command_.name};
  }
  return command_;
}

// flag = "\" atom / flag-keyword                      ; RFC 9051 section 9
bool is_flag(std::string_view text) {
  if (text.starts_with('\\')) text.remove_prefix(1);
  return is_atom(text);
}

std::string to_wire(const Command& command, LiteralMode mode) {
  std::string wire;
  for (const auto& fragment : command.fragments) {
    if (fragment.literal) {
      const auto size = fragment.octets.size();
      wire += "{" + std::to_string(size) +
              (sent_at_once(mode, size) ? "+}\r\n" : "}\r\n");
    }
    wire += fragment.octets;
  }
  return wire + "\r\n";
}

}  // namespace mailtool::imap
