// Mailboxes: RFC 9051 sections 6.3 and 6.4.1 to 6.4.2.

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/imap/mailbox_name.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

void put_mailbox(std::string& out, std::string_view utf8) {
  put_string(out, imap::encode_modified_utf7(utf8));
}

// list-wildcards: "*" is anything, "%" anything but the delimiter. Linear but
// for a star, to which it goes back once a character.
bool fits(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = pattern.npos;
  std::size_t star_name = 0;
  while (n < name.size()) {
    const bool wild = p < pattern.size() && (pattern[p] == '*' ||
                                             pattern[p] == '%');
    if (wild) {
      star = p++;
      star_name = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != pattern.npos &&
               (pattern[star] == '*' || name[star_name] != '/')) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && (pattern[p] == '*' || pattern[p] == '%')) ++p;
  return p == pattern.size();
}

bool has_children(const std::vector<MailboxRow>& rows,
                  std::string_view name) {
  const auto prefix = std::string(name) + "/";
  return std::any_of(rows.begin(), rows.end(), [&](const MailboxRow& one) {
    return one.name.starts_with(prefix);
  });
}

}  // namespace

std::optional<std::string> ImapServer::mailbox_name(Arguments value,
                                                    std::string& out) {
  if (value.absent() || value.is_list() || value.text().empty()) {
    bad(out, "a mailbox is missing");
    return std::nullopt;
  }
  auto name = imap::mailbox_from_wire(value.text());
  if (!name.well_formed) {
    no(out, "[CANNOT] no legal name of a mailbox");
    return std::nullopt;
  }
  return std::move(name.utf8);
}

void ImapServer::on_select(Arguments arguments, std::string& out) {
  open(arguments, false, out);
}

void ImapServer::on_examine(Arguments arguments, std::string& out) {
  open(arguments, true, out);
}

void ImapServer::open(Arguments arguments, bool read_only, std::string& out) {
  view_.reset();
  const auto name = mailbox_name(arguments, out);
  if (!name) return;
  auto opened = mailboxes_->open(*name);
  if (!opened) return no(out, opened.error());
  if (auto looked = (*opened)->look(); !looked) {
    return no(out, looked.error());
  }
  view_.emplace(*std::move(opened), read_only);
  selected_ = *name;
  const auto& mailbox = view_->mailbox();
  std::string flags;
  put_flags(flags, ~Flags{0} >> 1U, mailbox);
  out += "* FLAGS " + flags + "\r\n* OK [PERMANENTFLAGS " +
         (read_only ? "()" : flags.substr(0, flags.size() - 1) + " \\*)") +
         "] kept\r\n";
  const auto& seen = view_->seen();
  out += "* " + std::to_string(seen.size()) + " EXISTS\r\n* 0 RECENT\r\n";
  const auto unseen =
      std::find_if(seen.begin(), seen.end(), [](const ImapView::Seen& one) {
        return (one.flags & kSeen) == 0;
      });
  if (unseen != seen.end()) {
    out += "* OK [UNSEEN " + std::to_string(unseen - seen.begin() + 1) +
           "] the first\r\n";
  }
  out += "* OK [UIDVALIDITY " + std::to_string(mailbox.uidvalidity()) +
         "] for good\r\n* OK [UIDNEXT " + std::to_string(mailbox.uidnext()) +
         "] the next\r\n";
  ok(out, read_only ? "[READ-ONLY] open" : "[READ-WRITE] open");
}

void ImapServer::on_create(Arguments arguments, std::string& out) {
  auto name = mailbox_name(arguments, out);
  if (!name) return;
  if (name->ends_with('/')) name->pop_back();
  auto done = mailboxes_->create(*name);
  done ? finish(out) : no(out, done.error());
}

void ImapServer::on_delete(Arguments arguments, std::string& out) {
  const auto name = mailbox_name(arguments, out);
  if (!name) return;
  auto done = mailboxes_->remove(*name);
  done ? finish(out) : no(out, done.error());
}

void ImapServer::on_rename(Arguments arguments, std::string& out) {
  const auto from = mailbox_name(arguments, out);
  if (!from) return;
  const auto to = mailbox_name(arguments.next(), out);
  if (!to) return;
  auto done = mailboxes_->rename(*from, *to);
  done ? finish(out) : no(out, done.error());
}

void ImapServer::on_subscribe(Arguments arguments, std::string& out) {
  const auto name = mailbox_name(arguments, out);
  if (!name) return;
  auto done = mailboxes_->subscribe(*name, true);
  done ? finish(out) : no(out, done.error());
}

void ImapServer::on_unsubscribe(Arguments arguments, std::string& out) {
  const auto name = mailbox_name(arguments, out);
  if (!name) return;
  auto done = mailboxes_->subscribe(*name, false);
  done ? finish(out) : no(out, done.error());
}

void ImapServer::on_list(Arguments arguments, std::string& out) {
  list(arguments, false, out);
}

void ImapServer::on_lsub(Arguments arguments, std::string& out) {
  list(arguments, true, out);
}

// list = "LIST" SP mailbox SP list-mailbox
void ImapServer::list(Arguments arguments, bool subscribed, std::string& out) {
  const auto wanted = arguments.next();
  if (arguments.is_list() || wanted.absent() || wanted.is_list()) {
    return bad(out, "LIST reference pattern");
  }
  const auto* verb = subscribed ? "* LSUB (" : "* LIST (";
  if (wanted.text().empty()) {
    out += std::string(verb) + "\\Noselect) \"/\" \"\"\r\n";
    return finish(out);
  }
  auto pattern = imap::mailbox_from_wire(std::string(arguments.text()) +
                                         std::string(wanted.text()))
                     .utf8;
  if (iequals(pattern, "INBOX")) pattern = "INBOX";
  const auto rows = mailboxes_->rows();
  for (const auto& row : rows) {
    if (subscribed && !row.subscribed) continue;
    if (!fits(pattern, row.name)) continue;
    out += verb;
    out += has_children(rows, row.name) ? "\\HasChildren" : "\\HasNoChildren";
    if (!row.use.empty()) out += " " + row.use;
    out += ") \"/\" ";
    put_mailbox(out, row.name);
    out += "\r\n";
  }
  finish(out);
}

void ImapServer::on_namespace(Arguments, std::string& out) {
  out += "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n";
  finish(out);
}

// status-att = "MESSAGES" / "UIDNEXT" / "UIDVALIDITY" / "UNSEEN" / "DELETED" /
//              "SIZE" ; RECENT of RFC 3501
void ImapServer::on_status(Arguments arguments, std::string& out) {
  const auto name = mailbox_name(arguments, out);
  if (!name) return;
  const auto items = arguments.next();
  if (!items.is_list()) return bad(out, "STATUS mailbox (items)");
  auto opened = mailboxes_->open(*name);
  if (!opened) return no(out, opened.error());
  if (auto looked = (*opened)->look(); !looked) {
    return no(out, looked.error());
  }
  const auto& mailbox = **opened;
  std::uint64_t unseen = 0;
  std::uint64_t deleted = 0;
  std::uint64_t octets = 0;
  for (const auto& one : mailbox.messages()) {
    if ((one.flags & kSeen) == 0) ++unseen;
    if ((one.flags & kDeleted) != 0) ++deleted;
    octets += one.octets;
  }
  std::string answer;
  for (auto at = items.first(); !at.absent(); at = at.next()) {
    const auto item = upper(at.text());
    std::uint64_t value = 0;
    if (item == "MESSAGES") {
      value = mailbox.messages().size();
    } else if (item == "UIDNEXT") {
      value = mailbox.uidnext();
    } else if (item == "UIDVALIDITY") {
      value = mailbox.uidvalidity();
    } else if (item == "UNSEEN") {
      value = unseen;
    } else if (item == "DELETED") {
      value = deleted;
    } else if (item == "SIZE") {
      value = octets;
    } else if (item == "APPENDLIMIT") {
      value = settings_.max_octets;
    } else if (item != "RECENT") {
      return bad(out, "no such item of STATUS");
    }
    answer += (answer.empty() ? "" : " ") + item + " " + std::to_string(value);
  }
  out += "* STATUS ";
  put_mailbox(out, *name);
  out += " (" + answer + ")\r\n";
  finish(out);
}

// What is \Deleted goes without a word of it.
void ImapServer::on_close(Arguments, std::string& out) {
  auto view = std::move(view_);
  view_.reset();
  if (view->read_only()) return ok(out);
  if (auto gone = view->mailbox().remove(view->deleted()); !gone) {
    return no(out, gone.error());
  }
  finish_when(view->mailbox().sync(), out);
}

void ImapServer::on_unselect(Arguments, std::string& out) {
  view_.reset();
  ok(out);
}

void ImapServer::on_idle(Arguments, std::string& out) {
  state_ = State::idle;
  out += "+ idling\r\n";
  if (view_) view_->tell(out, true);
}

}  // namespace mailtool::serve
