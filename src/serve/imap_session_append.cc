// Literals, and APPEND: RFC 9051 sections 4.3 and 6.3.12.

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/imap/response.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_words.h"
#include "serve/text_check.h"

namespace mailtool::serve {
namespace {

constexpr const char* kNoText = "CR or LF alone within a line, or NUL";

// Refuses what could not be given out again by POP3.
class CheckedAppending : public Appending {
 public:
  explicit CheckedAppending(std::unique_ptr<Appending> into)
      : into_(std::move(into)) {}
  Result<void> write(std::string_view octets) override {
    if (check_.feed(octets)) return into_->write(octets);
    return Error{ErrorKind::rejected, std::string("NO [CANNOT] ") + kNoText};
  }
  void end() override {
    if (check_.end()) into_->end();
  }
  std::optional<Result<void>> outcome() override {
    if (check_.end()) return into_->outcome();
    return Error{ErrorKind::rejected, kNoText};
  }
  std::uint32_t uid() const override { return into_->uid(); }

 private:
  std::unique_ptr<Appending> into_;
  TextCheck check_;
};

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
    tag_ = tree.first().text();
    bad(out, "literal too large");
    return false;
  }
  out += "+ go ahead\r\n";
  return true;
}

// append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal
bool ImapServer::begin_append(const imap::FramedResponse& so_far, bool at_once,
                              std::string& out) {
  const imap::ValueTree tree(so_far, 0);
  tag_ = tree.first().text();
  std::string refusal;
  if (std::exchange(appending_, true)) refusal = "BAD one message at a time";
  if (refusal.empty() && !mailboxes_) refusal = "BAD log in first";
  append_failed_.reset();
  if (refusal.empty()) {
    const auto value = tree.first().next().next();
    std::string answer;
    const auto name = mailbox_name(value, answer);
    const auto struck = name ? fault("append", *name) : std::nullopt;
    if (struck && struck->empty()) {
      wait_ = Wait::close;
      return true;
    }
    if (struck) {
      refusal = *struck;
    } else if (!name) {
      refusal = "NO [CANNOT] no name of a mailbox";
    } else {
      refusal = open_append(value.next(), *name);
    }
  }
  if (!refusal.empty() && !at_once) {
    appending_ = false;
    append_.reset();
    say_fault(refusal, out);
    return false;
  }
  if (!refusal.empty()) {
    append_failed_ = Error{ErrorKind::rejected, refusal};
    append_.reset();
  }
  framer_.stream_literal();
  if (!at_once) out += "+ go ahead\r\n";
  return true;
}

// [SP flag-list] [SP date-time]
std::string ImapServer::open_append(Arguments value, const std::string& name) {
  auto to = mailboxes_->open(name);
  if (!to) {
    return to.error().kind == ErrorKind::no_such_item
               ? "NO [TRYCREATE] no such mailbox"
               : "NO [CANNOT] " + to.error().what;
  }
  if (framer_.literal_size() > settings_.max_octets) {
    return "NO [TOOBIG] message too large";
  }
  const auto flags = value.is_list() ? flags_of(value, **to) : Flags{0};
  if (!flags) return "NO no such flag";
  if (value.is_list()) value = value.next();
  std::optional<std::int64_t> date;
  if (value.kind() == imap::Value::Kind::quoted) {
    date = imap::parse_internal_date(value.text());
    if (!date) return "BAD no date and time";
  }
  auto begun = (*to)->append(*flags, date);
  if (!begun) return "NO " + begun.error().what;
  append_to_ = *std::move(to);
  append_ = std::make_unique<CheckedAppending>(*std::move(begun));
  return {};
}

void ImapServer::end_append(std::string& out) {
  if (append_failed_) {
    const auto failed = *std::exchange(append_failed_, std::nullopt);
    if (failed.kind != ErrorKind::rejected) return no(out, failed);
    return say_fault(failed.what, out);
  }
  append_->end();
  const std::shared_ptr<Appending> appended(std::move(append_));
  await(
      [this, appended, to = std::exchange(append_to_, nullptr)](
          std::string& answer) {
        const auto outcome = appended->outcome();
        if (!outcome) return false;
        if (!*outcome) {
          no(answer, outcome->error());
          return true;
        }
        finish(answer, "[APPENDUID " + std::to_string(to->uidvalidity()) +
                           " " + std::to_string(appended->uid()) + "] done");
        return true;
      },
      out);
}

}  // namespace mailtool::serve
