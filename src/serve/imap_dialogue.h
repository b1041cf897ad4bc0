/// \file
/// ImapServer: the parts of an IMAP session, by what they are about.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/imap/response_framer.h"
#include "mailtool/imap/value.h"
#include "mailtool/serve/imap_session.h"
#include "serve/imap_append.h"
#include "serve/imap_enabled.h"
#include "serve/imap_fetch_run.h"
#include "serve/imap_modifiers.h"
#include "serve/imap_search_run.h"
#include "serve/imap_view.h"
#include "serve/sasl_server.h"

namespace mailtool::serve {

struct ListRun;
struct StoreRun;
class CopyRun;

class ImapServer final : public Session {
 public:
  ImapServer(const ImapSettings& settings, MailStore& store, Users& users,
             FaultHook* faults);
  void begin(std::string& out) override;
  std::size_t feed(std::string_view octets, std::string& out) override;
  [[nodiscard]] Upcoming upcoming() const override;
  void more(std::string& out) override;
  void settled(std::string& out) override;
  void secured(const TlsInfo& tls, std::string& out) override;
  void changed(std::string& out) override;
  void dismiss(Dismissal why, std::string& out) override;
  [[nodiscard]] std::chrono::milliseconds patience() const override {
    return mailboxes_ ? settings_.patience : settings_.before_login;
  }

 private:
  enum class State : std::uint8_t { command, login, idle };
  using Arguments = imap::Value;
  using Handler = void (ImapServer::*)(Arguments, std::string&);
  struct Row {
    std::string_view name;
    Handler handler;
    enum class Needs : std::uint8_t { nothing, nobody, user, mailbox } needs;
  };
  static const std::vector<Row>& rows();

  // imap_session.cc: lines, and what they begin.
  void take(imap::FramedResponse framed, std::string& out);
  void obey(Arguments arguments, std::string& out);
  /// What is said to `command` instead, on purpose: with the tag, "" to hang
  /// up. `subject`: a mailbox or a user.
  [[nodiscard]] std::optional<std::string> fault(std::string_view command,
                                                 std::string_view subject);
  void say_fault(std::string_view line, std::string& out);
  [[nodiscard]] std::string subject_of(std::string_view verb,
                                       Arguments arguments) const;
  [[nodiscard]] std::string capabilities() const;
  [[nodiscard]] bool may_log_in() const {
    return secure_ || settings_.clear_text_login;
  }
  void ok(std::string& out, std::string_view text = "done");
  void no(std::string& out, std::string_view text);
  void bad(std::string& out, std::string_view text);
  void no(std::string& out, const Error& error);
  /// Tells what has changed, then OK.
  void finish(std::string& out, std::string_view text = "done",
              bool may_expunge = true);
  /// `then` at each verdict, until it is true.
  void await(std::function<bool(std::string&)> then, std::string& out);
  /// `then` once all has been taken in that other programs have done in
  /// `mailbox`; where that fails, or it is deleted meanwhile, that is the answer.
  void when_seen(const std::shared_ptr<Mailbox>& mailbox,
                 std::function<void(std::string&)> then, std::string& out);
  /// finish() once `pending` is.
  void finish_when(std::unique_ptr<Pending> pending, std::string& out,
                   bool may_expunge = true);

  void on_capability(Arguments, std::string& out);
  void on_noop(Arguments, std::string& out);
  void on_logout(Arguments, std::string& out);
  void on_id(Arguments, std::string& out);
  void on_enable(Arguments arguments, std::string& out);

  // imap_session_login.cc
  void on_starttls(Arguments, std::string& out);
  void on_login(Arguments arguments, std::string& out);
  void on_authenticate(Arguments arguments, std::string& out);
  void go_on(const SaslServer::Step& step, std::string& out);
  /// `why`: empty where nothing more is told.
  void refuse_login(std::string_view why, std::string& out);
  void enter(const std::string& user, std::string& out);

  // imap_session_select.cc
  void on_select(Arguments arguments, std::string& out);
  void on_examine(Arguments arguments, std::string& out);
  void open(Arguments arguments, bool read_only, std::string& out);
  void enter_mailbox(std::shared_ptr<Mailbox> mailbox, const std::string& name,
                     bool read_only, std::string& out);
  void leave_view(std::string& out);
  [[nodiscard]] std::string_view why_left() const;
  void leave_changed(std::string& out);
  bool leave_removed(std::string& out);
  void on_close(Arguments, std::string& out);
  void on_unselect(Arguments, std::string& out);
  void on_idle(Arguments, std::string& out);

  // imap_session_mailboxes.cc
  std::optional<std::string> mailbox_name(Arguments value, std::string& out);
  /// `then` once no rename is under way; where one fails that is the answer.
  void when_renamed(std::function<void(std::string&)> then, std::string& out);
  void on_create(Arguments arguments, std::string& out);
  void on_delete(Arguments arguments, std::string& out);
  void on_rename(Arguments arguments, std::string& out);
  void rename(const std::string& from, const std::string& to, std::string& out);
  void on_subscribe(Arguments arguments, std::string& out);
  void on_unsubscribe(Arguments arguments, std::string& out);
  void on_list(Arguments arguments, std::string& out);
  bool list_some(ListRun& run, std::string& out);
  void on_lsub(Arguments arguments, std::string& out);
  void on_namespace(Arguments, std::string& out);
  void on_status(Arguments arguments, std::string& out);

  // imap_session_messages.cc
  void on_uid(Arguments arguments, std::string& out);
  void on_fetch(Arguments arguments, std::string& out);
  void fetch_more(std::string& out);
  void end_fetch(std::string& out);
  /// Those of a set, or of "$"; nullopt, and told so, where it is none.
  std::optional<std::vector<std::uint32_t>> messages(Arguments set,
                                                     std::string& out);

  // imap_session_changes.cc
  bool writable(std::string& out);
  /// `next` again and again, between what other sessions do, until it is false;
  /// then it has answered, or waits for a verdict.
  void in_portions(std::function<bool(std::string&)> next, std::string& out);
  /// `then` once what has changed is durable; where it is not that is the answer.
  void when_durable(std::unique_ptr<Pending> pending,
                    std::function<void(std::string&)> then, std::string& out);
  void on_store(Arguments arguments, std::string& out);
  bool store_some(StoreRun& run, std::string& out);
  bool store_one(StoreRun& run, std::uint32_t uid, std::string& out);
  bool name_flags(StoreRun& run, std::string& out);
  void end_store(const StoreRun& run, std::string& out);
  void on_expunge(Arguments arguments, std::string& out);
  /// `remove` so many at a time, until it is false; then all of it is made
  /// durable.
  void remove_in_portions(const std::shared_ptr<Mailbox>& mailbox,
                          std::function<Result<bool>(std::size_t)> remove,
                          std::string& out);
  void remove_in_portions(const std::shared_ptr<Mailbox>& mailbox,
                          std::vector<std::uint32_t> uids, std::string& out);

  // imap_session_copy.cc
  void on_copy(Arguments arguments, std::string& out);
  void on_move(Arguments arguments, std::string& out);
  void transfer(Arguments arguments, bool move, std::string& out);
  void copy_some(const std::shared_ptr<CopyRun>& run, std::string& out);
  void end_copy(const std::shared_ptr<CopyRun>& run, std::string& out);

  // imap_session_condstore.cc
  void enable_condstore(std::string& out);
  void put_highest_modseq(std::string& out);
  bool needs_modseqs(std::string& out);
  bool take_select_parameters(Arguments list, std::string& out);
  bool take_fetch_modseq(const FetchModifiers& modifiers,
                         FetchQuestion& question,
                         std::vector<std::uint32_t>& uids, std::string& out);
  bool take_search_modseq(const SearchNode& root, std::string& out);
  [[nodiscard]] std::uint64_t modseq_of(
      const SearchRequest& request, const std::vector<std::uint32_t>& found);

  // imap_session_search.cc
  void on_search(Arguments arguments, std::string& out);
  void search_more(std::string& out);
  void put_esearch(const SearchRequest& request,
                   const std::vector<std::uint32_t>& found, std::string& out);

  // imap_session_append.cc
  bool begin_literal(std::string& out);
  /// One without a message: with one it never comes to that.
  void on_append(Arguments, std::string& out);
  bool begin_append(const imap::FramedResponse& so_far, bool at_once,
                    std::string& out);
  bool open_append(Arguments mailbox);
  std::string add_message(Arguments value, bool literal8);
  void end_append(const imap::FramedResponse& framed, std::string& out);

  const ImapSettings& settings_;
  MailStore& store_;
  Users& users_;
  FaultHook* faults_;
  imap::ResponseFramer framer_;
  SaslServer login_{users_};
  State state_ = State::command;
  bool secure_ = false;
  std::size_t errors_ = 0;
  std::string tag_;
  bool by_uid_ = false;
  ImapEnabled enabled_;
  std::shared_ptr<Mailboxes> mailboxes_;  // once logged in
  std::optional<ImapView> view_;          // once selected
  std::string selected_;                  // its name
  std::function<bool(std::string&)> then_;
  std::function<bool(std::string&)> portion_;  // of a long change
  std::shared_ptr<void> watch_;                // of the mailbox, in IDLE
  FetchRun fetch_;
  std::unique_ptr<SearchRun> search_;  // while one is under way
  ImapAppend append_;
};

}  // namespace mailtool::serve
