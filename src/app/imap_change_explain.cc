#include "app/imap_change_explain.h"

#include <utility>

#include "app/imap_change_at_once.h"
#include "app/imap_explain_notes.h"
#include "app/imap_find.h"
#include "app/imap_undo_log.h"
#include "mailtool/client/imap_change_plan.h"

namespace mailtool::app {
namespace {

using Kind = client::ImapChange::Kind;
using Method = client::ChangeMethod;
using When = client::PlannedCommand::When;

imap::SearchKey word(std::string_view text) {
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::word;
  key.name = text;
  return key;
}

const char* condition_of(When when) {
  switch (when) {
    case When::always: break;
    case When::missing: return "where the server says that it is missing";
    case When::again: return "once more then";
  }
  return "";
}

const char* note_of(Method method) {
  switch (method) {
    case Method::copy_expunge:
      return "the server has no MOVE: messages would be copied, and the "
             "originals then expunged, these alone";
    case Method::copy_marked:
      return "the server has neither MOVE nor UIDPLUS: the originals would "
             "stay, marked \\Deleted";
    case Method::marked:
      return "the server has no UIDPLUS: the messages would stay, marked "
             "\\Deleted";
    default: return "";
  }
}

class ChangeExplainer {
 public:
  ChangeExplainer(const Invocation& invocation, ImapSession& session,
                  const Prepared& prepared, const Change& change)
      : invocation_(invocation),
        session_(session),
        prepared_(prepared),
        change_(change) {}

  Result<ExitStatus> run(Output& out) {
    auto& client = session_.client();
    auto offered = client.capabilities();
    if (!offered) return session_.at_server(std::move(offered).error());
    saves_ = (*offered)->has("SEARCHRES") || (*offered)->has("IMAP4REV2");
    const auto folders = targets(session_, prepared_.what);
    if (!folders) return folders.error();
    auto explanation = Explanation::of(session_);
    if (!explanation) return std::move(explanation).error();
    client.keep_results(true, flag_keys(change_.what));
    auto told = tell(*folders, *explanation);
    client.keep_results(false);
    if (told) told = note_compression(session_, *explanation);
    if (!told) return std::move(told).error();
    if (const auto most = (*offered)->limit("MESSAGELIMIT"); most && *most > 0) {
      explanation->note("at most " + std::to_string(*most) +
                       " messages would be named in one command");
    }
    auto wrote = explanation->write(invocation_, out);
    if (!wrote) return std::move(wrote).error();
    return ExitStatus::ok;
  }

 private:
  Result<void> tell(const std::vector<Target>& folders,
                    Explanation& explanation) {
    if (auto named = explain_names(explanation); !named) return named;
    const bool counted = !prepared_.expected.any();
    if (folders.size() != 1 && counted) {
      for (const auto& target : folders) {
        auto told = explain_find(session_, prepared_.what, target, true,
                                 explanation);
        if (!told) return told;
      }
    }
    if (counted) {
      explanation.note("nothing would be changed unless as many were found as "
                       "--expect says");
    }
    for (const auto& target : folders) {
      auto key = folders.size() == 1
                     ? key_at_once(session_, prepared_, change_, target)
                     : Result<std::optional<imap::SearchKey>>(std::nullopt);
      if (!key) return std::move(key).error();
      auto told = *key ? at_once(target, **key, explanation)
                       : one(target, explanation);
      if (!told) return told;
    }
    return {};
  }

  // As ImapSession::look_ahead() has it, before the first of several is changed.
  Result<void> explain_names(Explanation& explanation) {
    if (prepared_.what.folders.size() < 2) {
      return note_names(session_, explanation);
    }
    const auto& offered = **session_.client().capabilities();
    const bool asks = offered.has("NAMESPACE") || offered.has("IMAP4REV2");
    if (!session_.may_look_ahead() || !asks) return {};
    explanation.next_flight();
    explanation.send("NAMESPACE");
    explanation.note("where the server has a prefix or another delimiter, LIST "
                     "would tell which folders are called otherwise");
    return {};
  }

  // As ImapClient::search_and_change() has it.
  Result<void> at_once(const Target& target, const imap::SearchKey& key,
                       Explanation& explanation) {
    auto& client = session_.client();
    imap::CommandBuilder select("SELECT");
    auto select_it = select.mailbox(target.folder).build();
    if (!select_it) return std::move(select_it).error();
    explanation.next_flight();
    explanation.send(*select_it);
    const client::SearchQuestion question{key, false, "", false};
    for (const auto& asked : client::questions_sent(client, {&question, 1})) {
      auto command = client.search_command(asked);
      if (!command) return session_.at_server(std::move(command).error());
      explanation.send(*command);
    }
    if (!target.uids) {
      auto server = query_server(**client.capabilities());
      server.utf8 = client.knows_utf8();
      auto plan = plan_query(prepared_.what.query, server);
      if (!plan) return session_.at_server(std::move(plan).error());
      explanation.on_server(plan->on_server);
    }
    return tell_change(change_.what, "$", true, explanation);
  }

  Result<void> one(const Target& target, Explanation& explanation) {
    bool whole = false;
    const bool reads = change_.what.kind == Kind::copy;
    auto told = explain_find(session_, prepared_.what, target, reads,
                             explanation, &whole);
    if (!told) return told;
    if (target.uidvalidity) {
      explanation.note("nothing would be changed unless the UIDVALIDITY is "
                       "that of the set");
    }
    auto what = change_.what;
    if (change_.decide) {
      FoundMessages found;
      found.folder = target.folder;
      auto decided = change_.decide(found);
      if (!decided) return std::move(decided).error();
      what = *std::move(decided);
    }
    const bool saved = saves_ && whole;
    if (saves_ && !whole) {
      explanation.note("UIDS would be $ where nothing is left out here");
    }
    if (what.kind == Kind::flags && !saved) {
      if (auto asked = look_before(what, explanation); !asked) return asked;
    }
    return tell_change(what, saved ? "$" : kUids, false, explanation);
  }

  // As flags_before() has it, where the search has not asked for it already.
  Result<void> look_before(const client::ImapChange& what,
                           Explanation& explanation) {
    for (const auto& flag : flag_keys(what)) {
      imap::SearchKey key;
      key.kind = imap::SearchKey::Kind::both;
      key.children = {word("UID " + std::string(kUids)), flag};
      auto command = session_.client().search_command({key, false, "", false});
      if (!command) return session_.at_server(std::move(command).error());
      explanation.next_flight();
      explanation.send(*command, "for those found, for undo");
    }
    return {};
  }

  Result<void> tell_change(const client::ImapChange& what, std::string_view set,
                           bool same_flight, Explanation& explanation) {
    auto plan = client::plan_change(session_.client(), what, set);
    if (!plan) return session_.at_server(std::move(plan).error());
    for (const auto& planned : plan->commands) {
      if (planned.waits && !std::exchange(same_flight, false)) {
        explanation.next_flight();
      }
      std::string condition = condition_of(planned.when);
      if (condition.empty() && set == kUids) condition = "for those found";
      explanation.send(planned.command, condition);
    }
    if (const std::string note = note_of(plan->method); !note.empty()) {
      explanation.note(note);
    }
    return {};
  }

  const Invocation& invocation_;
  ImapSession& session_;
  const Prepared& prepared_;
  const Change& change_;
  bool saves_ = false;  // SEARCHRES
};

}  // namespace

Result<ExitStatus> explain_change(const Invocation& invocation,
                                  ImapSession& session,
                                  const Prepared& prepared,
                                  const Change& change, Output& out) {
  return ChangeExplainer(invocation, session, prepared, change).run(out);
}

Result<ExitStatus> explain_nothing(const Invocation& invocation, Output& out) {
  Explanation explanation{imap::Capabilities()};
  explanation.note("the set is empty: nothing would be sent, not even a login");
  auto wrote = explanation.write(invocation, out);
  if (!wrote) return std::move(wrote).error();
  return ExitStatus::ok;
}

}  // namespace mailtool::app
