// Framing, dispatch, and the commands of any state: RFC 9051 section 6.1.

#include "mailtool/serve/imap_session.h"

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "serve/http_line.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

constexpr imap::FramerLimits kLimits{
    .response_octets = 1024 * 1024,
    .held_literal_octets = 64 * 1024,
    .literals = 2 * ImapAppend::kMessages,
};

// What is framed is a response to a client, and a command here.
std::string of_command(std::string what) {
  constexpr std::string_view kResponse = "response";
  const auto at = what.find(kResponse);
  if (at != what.npos) what.replace(at, kResponse.size(), "command");
  return what;
}

}  // namespace

ImapServer::ImapServer(const ImapSettings& settings, MailStore& store,
                       Users& users, FaultHook* faults)
    : settings_(settings),
      store_(store),
      users_(users),
      faults_(faults),
      framer_(kLimits) {}

const std::vector<ImapServer::Row>& ImapServer::rows() {
  using enum Row::Needs;
  static const std::vector<Row> all{
      {"CAPABILITY", &ImapServer::on_capability, nothing},
      {"NOOP", &ImapServer::on_noop, nothing},
      {"LOGOUT", &ImapServer::on_logout, nothing},
      {"ID", &ImapServer::on_id, nothing},
      {"STARTTLS", &ImapServer::on_starttls, nobody},
      {"LOGIN", &ImapServer::on_login, nobody},
      {"AUTHENTICATE", &ImapServer::on_authenticate, nobody},
      {"ENABLE", &ImapServer::on_enable, user},
      {"SELECT", &ImapServer::on_select, user},
      {"EXAMINE", &ImapServer::on_examine, user},
      {"CREATE", &ImapServer::on_create, user},
      {"DELETE", &ImapServer::on_delete, user},
      {"RENAME", &ImapServer::on_rename, user},
      {"SUBSCRIBE", &ImapServer::on_subscribe, user},
      {"UNSUBSCRIBE", &ImapServer::on_unsubscribe, user},
      {"LIST", &ImapServer::on_list, user},
      {"LSUB", &ImapServer::on_lsub, user},
      {"NAMESPACE", &ImapServer::on_namespace, user},
      {"STATUS", &ImapServer::on_status, user},
      {"IDLE", &ImapServer::on_idle, user},
      {"APPEND", &ImapServer::on_append, user},
      {"CHECK", &ImapServer::on_noop, mailbox},
      {"CLOSE", &ImapServer::on_close, mailbox},
      {"UNSELECT", &ImapServer::on_unselect, mailbox},
      {"EXPUNGE", &ImapServer::on_expunge, mailbox},
      {"SEARCH", &ImapServer::on_search, mailbox},
      {"FETCH", &ImapServer::on_fetch, mailbox},
      {"STORE", &ImapServer::on_store, mailbox},
      {"COPY", &ImapServer::on_copy, mailbox},
      {"MOVE", &ImapServer::on_move, mailbox},
      {"UID", &ImapServer::on_uid, mailbox},
  };
  return all;
}

void ImapServer::begin(std::string& out) {
  if (const auto line = fault("connect", {})) return say_fault(*line, out);
  out += "* OK [CAPABILITY " + capabilities() + "] " + settings_.host + "\r\n";
}

std::size_t ImapServer::feed(std::string_view octets, std::string& out) {
  using Event = imap::ResponseFramer::Event;
  std::size_t used = 0;
  while (used < octets.size() && wait_ == Wait::octets) {
    const auto step = framer_.feed(octets.substr(used));
    if (!step) {
      out += "* BYE " + printable(of_command(step.error().what), 200) + "\r\n";
      wait_ = Wait::close;
      return octets.size();
    }
    used += step->consumed;
    if (step->event == Event::literal_begins && !begin_literal(out)) {
      (void)framer_.take();
    }
    if (step->event == Event::streamed) append_.write(step->octets);
    if (step->event == Event::complete) take(framer_.take(), out);
  }
  return used;
}

Upcoming ImapServer::upcoming() const {
  using enum Upcoming::Kind;
  if (framer_.literal_size() > 0) return {octets, framer_.literal_size()};
  if (!framer_.partial().literals.empty()) return {rest};
  return {state_ == State::login ? secret : command};
}

void ImapServer::take(imap::FramedResponse framed, std::string& out) {
  if (leave_removed(out)) return;
  if (state_ == State::login) {
    return go_on(login_.respond(framed.octets), out);
  }
  if (state_ == State::idle) {
    state_ = State::command;
    watch_.reset();
    if (!iequals(trim(framed.octets), "DONE")) return bad(out, "DONE is due");
    return finish(out);
  }
  if (append_.under_way()) return end_append(framed, out);
  if (is_http(trim(framed.octets))) {
    out += "* BYE no HTTP here\r\n";
    wait_ = Wait::close;
    return;
  }
  const imap::ValueTree tree(framed, 0);
  const auto tag = tree.first();
  tag_ = tag_of(tag);
  if (tag_ == "*") return bad(out, "no command");
  if (tree.truncated()) return bad(out, "too many brackets or words");
  // As a client reads it is too lenient for a command: half of one is none.
  if (tree.unfinished()) return bad(out, "a bracket or a quote is missing");
  by_uid_ = false;
  obey(tag.next(), out);
}

void ImapServer::obey(Arguments arguments, std::string& out) {
  using enum Row::Needs;
  for (const auto& row : rows()) {
    if (!iequals(row.name, arguments.text())) continue;
    if (row.needs == nobody && mailboxes_) {
      return bad(out, "already logged in");
    }
    if (row.needs >= user && !mailboxes_) return bad(out, "log in first");
    if (row.needs == mailbox && !view_) return bad(out, "select first");
    // Some are asked of once more is known: whose login it is, and which
    // command UID is of.
    const bool later = row.name == "LOGIN" || row.name == "AUTHENTICATE" ||
                       row.name == "UID";
    if (!later) {
      const auto line = fault(row.name, subject_of(row.name, arguments.next()));
      if (line) return say_fault(*line, out);
    }
    if (row.name != "FETCH" && row.name != "UID") fetch_.forget();
    return (this->*row.handler)(arguments.next(), out);
  }
  bad(out, "no such command");
}

std::string ImapServer::capabilities() const {
  std::string names =
      "IMAP4rev1 "
      "IMAP4rev2 "
      "LITERAL+ "
      "ID "
      "ENABLE "
      "IDLE "
      "NAMESPACE "
      "UIDPLUS "
      "MOVE "
      "MULTIAPPEND "
      "ESEARCH "
      "SEARCHRES "
      "PARTIAL "
      "WITHIN "
      "BINARY "
      "CONDSTORE "
      "SPECIAL-USE "
      "CREATE-SPECIAL-USE "
      "LIST-EXTENDED "
      "LIST-STATUS "
      "STATUS=SIZE "
      "UNSELECT "
      "CHILDREN "
      "SASL-IR "
      "APPENDLIMIT=";
  names += std::to_string(settings_.max_octets);
  if (mailboxes_) return names;
  if (settings_.starttls && !secure_) names += " STARTTLS";
  if (!may_log_in()) return names + " LOGINDISABLED";
  for (const auto name : login_.mechanisms()) {
    names += " AUTH=" + std::string(name);
  }
  return names;
}

void ImapServer::ok(std::string& out, std::string_view text) {
  out += tag_ + " OK " + std::string(text) + "\r\n";
}

void ImapServer::no(std::string& out, std::string_view text) {
  out += tag_ + " NO " + std::string(text) + "\r\n";
}

void ImapServer::bad(std::string& out, std::string_view text) {
  out += tag_ + " BAD " + std::string(text) + "\r\n";
  if (++errors_ < settings_.max_errors) return;
  out += "* BYE too many errors\r\n";
  wait_ = Wait::close;
}

void ImapServer::no(std::string& out, const Error& error) {
  no(out, why_not(error));
}

void ImapServer::finish(std::string& out, std::string_view text,
                        bool may_expunge) {
  if (view_) view_->tell(out, may_expunge);
  ok(out, text);
}

void ImapServer::await(std::function<bool(std::string&)> then,
                       std::string& out) {
  then_ = std::move(then);
  wait_ = Wait::verdict;
  settled(out);
}

void ImapServer::when_seen(const std::shared_ptr<Mailbox>& mailbox,
                           std::function<void(std::string&)> then,
                           std::string& out) {
  if (auto looked = mailbox->look(); !looked) return no(out, looked.error());
  if (!mailbox->is_behind()) return then(out);
  await(
      [this, mailbox, then = std::move(then)](std::string& answer) {
        if (mailbox->is_removed()) {
          no(answer, "[NONEXISTENT] it was deleted");
          return true;
        }
        if (mailbox->is_behind()) return false;
        // What comes now may come for ever.
        const auto looked = mailbox->look();
        wait_ = Wait::octets;
        looked ? then(answer) : no(answer, looked.error());
        // There may be another step to wait for.
        return !then_;
      },
      out);
}

void ImapServer::finish_when(std::unique_ptr<Pending> pending,
                             std::string& out, bool may_expunge) {
  const std::shared_ptr<Pending> shared(std::move(pending));
  await(
      [this, shared, may_expunge](std::string& to) {
        const auto outcome = shared->outcome();
        if (!outcome) return false;
        if (*outcome) {
          finish(to, "done", may_expunge);
        } else {
          no(to, outcome->error());
        }
        return true;
      },
      out);
}

void ImapServer::settled(std::string& out) {
  auto then = std::exchange(then_, {});
  if (!then(out)) {
    // It may have found another step to wait for.
    if (!then_) then_ = std::move(then);
    return;
  }
  if (wait_ == Wait::verdict) wait_ = Wait::octets;
}

void ImapServer::more(std::string& out) {
  if (portion_) {
    auto portion = std::exchange(portion_, {});
    if (portion(out)) portion_ = std::move(portion);
    return;
  }
  search_ ? search_more(out) : fetch_more(out);
}

void ImapServer::secured(const TlsInfo& tls, std::string&) {
  secure_ = true;
  login_.secured(tls);
  framer_ = imap::ResponseFramer(kLimits);
  wait_ = Wait::octets;
}

void ImapServer::changed(std::string& out) {
  if (state_ != State::idle || !view_ || leave_removed(out)) return;
  view_->tell(out, true);
}

// RFC 9051 section 3.4: never without BYE.
void ImapServer::dismiss(Dismissal why, std::string& out) {
  const bool silent = why == Dismissal::silence;
  out += silent ? "* BYE too long without a command\r\n"
                : "* BYE [UNAVAILABLE] shutting down\r\n";
  wait_ = Wait::close;
}

void ImapServer::on_capability(Arguments, std::string& out) {
  out += "* CAPABILITY " + capabilities() + "\r\n";
  ok(out);
}

void ImapServer::on_noop(Arguments, std::string& out) {
  const auto looked = view_ ? view_->mailbox().look() : Result<void>();
  // Another program may have removed it.
  if (leave_removed(out)) return;
  looked ? finish(out) : no(out, looked.error());
}

void ImapServer::on_logout(Arguments, std::string& out) {
  out += "* BYE " + settings_.host + "\r\n";
  ok(out);
  wait_ = Wait::close;
}

void ImapServer::on_id(Arguments, std::string& out) {
  out += "* ID (\"name\" \"mailtool\")\r\n";
  ok(out);
}

// enable = "ENABLE" 1*(SP capability); those that are not known are passed over.
void ImapServer::on_enable(Arguments arguments, std::string& out) {
  if (arguments.absent()) return bad(out, "ENABLE capability");
  out += "* ENABLED";
  for (auto at = arguments; !at.absent(); at = at.next()) {
    for (const auto& [name, on] :
         {std::pair("IMAP4rev2", &ImapEnabled::rev2),
          std::pair("CONDSTORE", &ImapEnabled::condstore)}) {
      if (!iequals(at.text(), name) || enabled_.*on) continue;
      enabled_.*on = true;
      out += std::string(" ") + name;
    }
  }
  out += "\r\n";
  if (enabled_.condstore) enable_condstore(out);
  ok(out);
}

std::unique_ptr<Session> make_imap_session(const ImapSettings& settings,
                                           MailStore& store, Users& users,
                                           FaultHook* faults) {
  return std::make_unique<ImapServer>(settings, store, users, faults);
}

}  // namespace mailtool::serve
