// Literals, and APPEND: RFC 9051 sections 4.3 and 6.3.12, RFC 3502, RFC 3516.

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/imap/response.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

constexpr const char* kSyntax = "BAD APPEND mailbox [(flags)] [date] literal";

// What stands before the literal that was announced last: options of a message.
imap::Value options_of(imap::Value mailbox) {
  auto begin = mailbox.next();
  for (auto at = begin; !at.absent(); at = at.next()) {
    const bool before = at.kind() == imap::Value::Kind::literal &&
                        !at.next().absent();
    if (before) begin = at.next();
  }
  return begin;
}

}  // namespace

// False where the literal is refused, and will not come.
bool ImapServer::begin_literal(std::string& out) {
  const auto& so_far = framer_.partial();
  const bool at_once = so_far.octets.ends_with("+}\r\n") ||
                       so_far.octets.ends_with("+}\n");
  const imap::ValueTree tree(so_far, 0);
  const auto verb = tree.first().next();
  const auto mailbox = verb.next();
  const bool message =
      state_ == State::command && iequals(verb.text(), "APPEND") &&
      !(mailbox.kind() == imap::Value::Kind::literal &&
        mailbox.next().absent() && so_far.literals.size() == 1);
  if (message) return begin_append(so_far, at_once, out);
  if (at_once) return true;
  if (framer_.literal_size() > 64 * 1024) {
    tag_ = tag_of(tree.first());
    bad(out, "literal too large");
    return false;
  }
  out += "+ go ahead\r\n";
  return true;
}

void ImapServer::on_append(Arguments, std::string& out) {
  bad(out, std::string_view(kSyntax).substr(4));
}

// append = "APPEND" SP mailbox 1*(SP append-message)
// append-message = [SP flag-list] [SP date-time] SP (literal / literal8)
bool ImapServer::begin_append(const imap::FramedResponse& so_far, bool at_once,
                              std::string& out) {
  const imap::ValueTree tree(so_far, 0);
  const auto mailbox = tree.first().next().next();
  if (!append_.under_way()) {
    tag_ = tag_of(tree.first());
    append_.begin();
    if (!open_append(mailbox)) {
      append_.drop();
      wait_ = Wait::close;
      return true;
    }
  }
  append_.end_message();
  const auto marker = so_far.literals.back().marker;
  const bool literal8 = so_far.octets[marker] == '~';
  if (append_.refusal().empty()) {
    auto refusal = add_message(options_of(mailbox), literal8);
    if (!refusal.empty()) append_.refuse(std::move(refusal));
  }
  // It comes, and what follows it, whatever is said now.
  if (at_once) {
    framer_.stream_literal();
    return true;
  }
  if (!append_.refusal().empty()) {
    const auto refusal = append_.refusal();
    append_.drop();
    say_fault(refusal, out);
    return false;
  }
  framer_.stream_literal();
  out += "+ go ahead\r\n";
  return true;
}

// False where it is to hang up on purpose.
bool ImapServer::open_append(Arguments mailbox) {
  if (!mailboxes_) {
    append_.refuse("BAD log in first");
    return true;
  }
  std::string answer;
  const auto name = mailbox_name(mailbox, answer);
  if (!name) {
    append_.refuse("NO [CANNOT] no name of a mailbox");
    return true;
  }
  if (const auto struck = fault("append", *name)) {
    append_.refuse(*struck);
    return !struck->empty();
  }
  auto to = mailboxes_->open(*name);
  if (to) {
    append_.to(*std::move(to));
  } else if (to.error().kind == ErrorKind::no_such_item) {
    append_.refuse("NO [TRYCREATE] no such mailbox");
  } else {
    append_.refuse("NO [CANNOT] " + printable(to.error().what, 200));
  }
  return true;
}

// Why not; empty where it begins. `value`: what stands before the literal.
std::string ImapServer::add_message(Arguments value, bool literal8) {
  const auto octets = framer_.literal_size();
  if (octets > settings_.max_octets) {
    return "NO [TOOBIG] message too large";
  }
  if (octets == 0) return "NO [CANNOT] a message of no octets";
  if (append_.messages() == ImapAppend::kMessages) {
    return "NO [LIMIT] too many messages at a time";
  }
  if (append_.octets() + octets > settings_.max_octets) {
    return "NO [TOOBIG] messages too large together";
  }
  auto& to = *append_.to();
  const auto named =
      value.is_list() ? parse_flag_list(value) : std::optional(FlagList());
  if (!named) return "NO no such flag";
  if (value.is_list()) value = value.next();
  std::optional<std::int64_t> date;
  if (value.kind() == imap::Value::Kind::quoted) {
    date = imap::parse_internal_date(value.text());
    if (!date) return "BAD no date and time";
    value = value.next();
  }
  if (value.kind() != imap::Value::Kind::literal) return kSyntax;
  auto flags = make_flags(*named, to);
  if (!flags) return "NO " + why_not(flags.error());
  auto begun = to.append(flags->bits, date);
  if (!begun) return "NO [SERVERBUG] " + printable(begun.error().what, 200);
  append_.add(*std::move(begun), std::move(flags->hold), octets, literal8);
  return {};
}

void ImapServer::end_append(const imap::FramedResponse& framed,
                            std::string& out) {
  append_.end_message();
  const imap::ValueTree tree(framed, 0);
  auto last = tree.first();
  for (auto at = last; !at.absent(); at = at.next()) last = at;
  if (!last.streamed()) append_.refuse(kSyntax);
  // Another session may have deleted it while the message came.
  if (append_.to() && append_.to()->is_removed()) {
    append_.refuse("NO [TRYCREATE] the mailbox was deleted");
  }
  if (!append_.refusal().empty()) {
    const auto refusal = append_.refusal();
    append_.drop();
    return say_fault(refusal, out);
  }
  const auto appended = append_.end();
  await(
      [this, appended](std::string& answer) {
        const auto outcome = appended->outcome();
        if (!outcome) return false;
        if (!*outcome) {
          no(answer, outcome->error());
          return true;
        }
        imap::SequenceSet uids;
        for (const auto uid : appended->uids()) uids.add(uid);
        finish(answer, "[APPENDUID " +
                           std::to_string(appended->to().uidvalidity()) + " " +
                           to_wire(uids) + "] done");
        return true;
      },
      out);
}

}  // namespace mailtool::serve
