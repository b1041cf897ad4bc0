// Mailboxes: RFC 9051 sections 6.3.4 to 6.3.11.

#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_list.h"
#include "serve/imap_mailbox_name.h"

namespace mailtool::serve {
namespace {

// Those of RFC 6154 that a mailbox can be made for: the others show what is in
// all mailboxes.
constexpr std::array<std::string_view, 5> kUses{"\\Archive", "\\Drafts",
                                                "\\Junk", "\\Sent", "\\Trash"};

// Octets of one portion of a LIST.
constexpr std::size_t kListed = std::size_t{32} * 1024;

struct CreateQuestion {
  std::string use;
  bool legal = true;
  bool known_use = true;
};

// create-params = "(" create-param *( SP create-param) ")"
// create-param =/ "USE" SP "(" [use-attr *(SP use-attr)] ")"
CreateQuestion parse_create(imap::Value parameters) {
  CreateQuestion question;
  if (parameters.absent()) return question;
  const auto word = parameters.first();
  const auto uses = word.next();
  question.legal = parameters.next().absent() && iequals(word.text(), "USE") &&
                   uses.is_list() && uses.next().absent();
  if (!question.legal) return question;
  for (auto at = uses.first(); !at.absent(); at = at.next()) {
    bool known = false;
    for (const auto use : kUses) {
      if (!iequals(use, at.text())) continue;
      known = true;
      if (question.use.find(use) != question.use.npos) continue;
      question.use += (question.use.empty() ? "" : " ") + std::string(use);
    }
    question.known_use = question.known_use && known;
  }
  return question;
}

// Who asks for it is told of mod-sequences from now on (RFC 7162 section 3.1).
bool has_modseq(const std::vector<StatusItem>& items) {
  return std::find(items.begin(), items.end(), StatusItem::highest_modseq) !=
         items.end();
}

}  // namespace

// A LIST under way.
struct ListRun {
  ListQuestion question;
  std::vector<ListedName> names;
  std::vector<ListAnswer> answers;
  std::size_t next = 0;             // of `answers`
  std::shared_ptr<Mailbox> opened;  // whose status is due
  std::string name;                 // that it was listed under
};

std::optional<std::string> ImapServer::mailbox_name(Arguments value,
                                                    std::string& out) {
  const auto wire = astring_text(value);
  if (wire.empty()) {
    bad(out, "a mailbox is missing");
    return std::nullopt;
  }
  auto name = read_mailbox_name(wire, enabled_.names());
  if (!name) no(out, "[CANNOT] no legal name of a mailbox");
  return name;
}

void ImapServer::when_renamed(std::function<void(std::string&)> then,
                              std::string& out) {
  auto renaming = mailboxes_->renaming();
  if (!renaming) return then(out);
  when_durable(std::move(renaming), std::move(then), out);
}

void ImapServer::on_create(Arguments arguments, std::string& out) {
  auto name = mailbox_name(arguments, out);
  if (!name) return;
  const auto question = parse_create(arguments.next());
  if (!question.legal) return bad(out, "CREATE mailbox (USE (attributes))");
  if (!question.known_use) {
    return no(out, "[USEATTR] no mailbox is made for that use");
  }
  if (name->size() > 1 && name->ends_with('/')) name->pop_back();
  when_renamed(
      [this, name = *name, use = question.use](std::string& answer) {
        auto done = mailboxes_->create(name, use);
        done ? finish(answer) : no(answer, done.error());
      },
      out);
}

void ImapServer::on_delete(Arguments arguments, std::string& out) {
  const auto name = mailbox_name(arguments, out);
  if (!name) return;
  when_renamed(
      [this, name = *name](std::string& answer) {
        auto done = mailboxes_->remove(name);
        if (!done) return no(answer, done.error());
        leave_changed(answer);
        finish(answer);
      },
      out);
}

void ImapServer::on_rename(Arguments arguments, std::string& out) {
  const auto from = mailbox_name(arguments, out);
  if (!from) return;
  const auto to = mailbox_name(arguments.next(), out);
  if (!to) return;
  const auto go = [this, from = *from, to = *to](std::string& answer) {
    when_renamed(
        [this, from, to](std::string& next) { rename(from, to, next); }, answer);
  };
  if (*from != "INBOX") return go(out);
  const auto inbox = mailboxes_->open(*from);
  inbox ? when_seen(*inbox, go, out) : no(out, inbox.error());
}

void ImapServer::rename(const std::string& from, const std::string& to,
                        std::string& out) {
  auto done = mailboxes_->rename(from, to);
  if (!done) return no(out, done.error());
  when_renamed(
      [this, from, to](std::string& answer) {
        // Whoever has it selected has it so under its new name.
        const bool moved = from != "INBOX" && (selected_ == from ||
                                               selected_.starts_with(from + "/"));
        if (moved) selected_ = to + selected_.substr(from.size());
        leave_changed(answer);
        finish(answer);
      },
      out);
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
  const auto parsed = parse_list(arguments, enabled_.names(), enabled_.rev2);
  if (const auto* wrong = std::get_if<std::string_view>(&parsed)) {
    return bad(out, *wrong);
  }
  auto question = std::get<ListQuestion>(parsed);
  if (question.root) {
    out += "* LIST (\\Noselect) \"/\" \"\"\r\n";
    return finish(out);
  }
  if (question.status && has_modseq(*question.status)) enable_condstore(out);
  const auto run = std::make_shared<ListRun>();
  run->question = std::move(question);
  run->names = hierarchy(mailboxes_->rows());
  run->answers = select_names(run->question, run->names);
  in_portions(
      [this, run](std::string& to) { return list_some(*run, to); }, out);
}

// Of one mailbox, since to open it may take long; of many where none is opened.
// RFC 5819 section 2: where no status is to be had, LIST goes on.
bool ImapServer::list_some(ListRun& run, std::string& out) {
  const auto& question = run.question;
  const auto end = out.size() + kListed;
  while (!run.opened && run.next < run.answers.size() && out.size() < end) {
    const auto& answer = run.answers[run.next++];
    const auto& name = run.names[answer.name];
    put_list(out, question, name, answer.child_info, enabled_.names(),
             enabled_.rev2);
    if (!question.status || !answer.meant || !name.row.exists) continue;
    auto opened = mailboxes_->open(name.row.name);
    if (!opened || !(*opened)->look()) return true;
    run.name = name.row.name;
    run.opened = *std::move(opened);
  }
  if (run.opened && run.opened->is_behind()) return true;
  if (const auto mailbox = std::exchange(run.opened, nullptr)) {
    put_status(out, run.name, enabled_.names(), *question.status, *mailbox,
               settings_.max_octets);
    return true;
  }
  if (run.next < run.answers.size()) return true;
  wait_ = Wait::octets;
  finish(out);
  return false;
}

// lsub = "LSUB" SP mailbox SP list-mailbox
void ImapServer::on_lsub(Arguments arguments, std::string& out) {
  const auto parsed = parse_list(arguments, enabled_.names(), enabled_.rev2);
  const auto* question = std::get_if<ListQuestion>(&parsed);
  if (question == nullptr || question->extended) {
    return bad(out, "LSUB reference pattern");
  }
  if (question->root) {
    out += "* LSUB (\\Noselect) \"/\" \"\"\r\n";
    return finish(out);
  }
  const auto& pattern = question->patterns.front();
  const auto names = hierarchy(mailboxes_->rows());
  const auto below = any_below(
      names, [](const ListedName& one) { return one.row.subscribed; });
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& row = names[i].row;
    const bool level = !row.subscribed && below[i] && pattern.is_of_levels();
    if ((!row.subscribed && !level) || !pattern.fits(row.name)) continue;
    out += level ? "* LSUB (\\Noselect) \"/\" " : "* LSUB () \"/\" ";
    put_mailbox_name(out, row.name, enabled_.names());
    out += "\r\n";
  }
  finish(out);
}

void ImapServer::on_namespace(Arguments, std::string& out) {
  out += "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n";
  finish(out);
}

void ImapServer::on_status(Arguments arguments, std::string& out) {
  const auto name = mailbox_name(arguments, out);
  if (!name) return;
  const auto items = parse_status_items(arguments.next(), enabled_.rev2);
  if (!items) return bad(out, "STATUS mailbox (items)");
  auto opened = mailboxes_->open(*name);
  if (!opened) return no(out, opened.error());
  const auto& mailbox = *opened;
  when_seen(
      mailbox,
      [this, mailbox, name = *name, items = *items](std::string& answer) {
        if (has_modseq(items)) enable_condstore(answer);
        put_status(answer, name, enabled_.names(), items, *mailbox,
                   settings_.max_octets);
        finish(answer);
      },
      out);
}

}  // namespace mailtool::serve
