// mailtool imap append: messages into a folder.

#include <algorithm>
#include <memory>
#include <utility>

#include "app/from_unquoting.h"
#include "app/imap_append_batch.h"
#include "app/imap_append_error.h"
#include "app/imap_append_options.h"
#include "app/imap_append_report.h"
#include "app/imap_change_report.h"
#include "app/imap_keywords_sent.h"
#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/message_reader.h"
#include "mailtool/client/imap_missing.h"

namespace mailtool::app {
namespace {

class Appender : public MessageConsumer, public ParseReport {
 public:
  Appender(const Invocation& invocation, AppendOptions options, Output& out)
      : invocation_(invocation),
        options_(std::move(options)),
        report_(invocation, options_.folder, out) {}

  /// Of the file that comes next.
  void set_flags(std::vector<std::string> flags) { flags_ = std::move(flags); }

  void begin_message(const MessagePlace& place) override {
    auto source = place.source;
    const bool of_mbox = !place.flavour.empty();
    if (of_mbox) source += ", message " + std::to_string(place.index + 1);
    batch_.begin(std::move(source), of_mbox);
    quoted_ = place.quoted_from;
    if (quoted_) unquoting_.begin(batch_);
    state_ = {};
  }

  bool octets(std::string_view part) override {
    if (state_) state_ = quoted_ ? unquoting_.write(part) : batch_.write(part);
    return state_.has_value();
  }

  Result<void> end_message(const RandomAccess*) override {
    if (state_ && quoted_) state_ = unquoting_.finish();
    if (!state_) return state_;
    auto flags = options_.flags;
    for (const auto& flag : flags_) {
      const bool known =
          std::find(flags.begin(), flags.end(), flag) != flags.end();
      if (!known) flags.push_back(flag);
    }
    if (auto kept = batch_.end(std::move(flags), options_.date); !kept) {
      return kept;
    }
    return batch_.full() ? flush() : Result<void>();
  }

  void failed(Error error) override { report_.failed(error); }
  void progressed(std::uint64_t, std::uint64_t) override {}

  /// Sends what is waiting.
  Result<void> flush() {
    if (batch_.items().empty()) return {};
    if (!session_) {
      if (auto begun = begin_session(); !begun) return begun;
    }
    std::vector<const AppendBatch::Item*> items;
    for (const auto& item : batch_.items()) {
      if (limit_ && item.octets > *limit_) {
        failed({ErrorKind::bad_input,
                std::to_string(item.octets) +
                    " octets are more than the server takes: " +
                    std::to_string(*limit_),
                item.source});
      } else {
        items.push_back(&item);
      }
    }
    if (auto sent = send(items); !sent) return told(std::move(sent).error());
    return batch_.clear();
  }

  Result<ExitStatus> finish() {
    if (auto sent = flush(); !sent) return stop(std::move(sent).error());
    warn_of_keywords();
    return report_.finish();
  }

  /// The run ends before its time.
  Result<ExitStatus> stop(Error error) {
    warn_of_keywords();
    return report_.stop(std::move(error));
  }

 private:
  void warn_of_keywords() const {
    if (session_) keywords_.warn_of_lost(session_->client(), to_);
  }

  using Items = AppendReport::Items;

  Result<void> begin_session() {
    auto session = ImapSession::start(invocation_);
    if (!session) return std::move(session).error();
    session_ = *std::move(session);
    auto to = session_->folder(options_.folder);
    if (!to) return at_server(std::move(to).error());
    to_ = *std::move(to);
    auto limit = session_->client().append_limit();
    auto multi = session_->client().offers("MULTIAPPEND");
    if (!limit) return at_server(std::move(limit).error());
    if (!multi) return at_server(std::move(multi).error());
    limit_ = *limit;
    multi_ = *multi;
    if (!invocation_.dry_run() || invocation_.options.has("create")) return {};
    auto there = session_->client().select(to_, true);
    if (!there && find_name(there.error())) {
      there = session_->client().select(to_, true);
    }
    return there ? Result<void>() : at_server(std::move(there).error());
  }

  Error at_server(Error error) { return session_->at_server(std::move(error)); }

  // An error that ends the run, and what was done before.
  Error told(Error error) const {
    if (error.kind == ErrorKind::no_such_item) {
      return std::move(error).with_hint("--create creates the folder");
    }
    const auto appended = report_.appended();
    if (appended == 0 && unknown_ == 0) return error;
    auto hint = count_of(appended) + (appended == 1 ? " was" : " were") +
                " appended before";
    if (unknown_ > 0) {
      hint += "; whether the next " + std::to_string(unknown_) +
              " were is not known";
    }
    return std::move(error).with_hint(hint);
  }

  Result<void> send(const Items& items) {
    if (items.empty()) return {};
    if (invocation_.dry_run()) {
      report_.would_append(items.size());
      return {};
    }
    if (multi_ && items.size() > 1) {
      auto error = send_together(items);
      if (!error) return {};
      if (wants_folder(*error)) {
        auto left = create(*std::move(error));
        if (!left) return std::move(left).error();
        error = *left ? *std::move(left) : send_together(items);
        if (!error) return {};
      }
      // One of them was refused, and so all: each is told its own fate.
      if (ends_run(*error)) return at_server(*std::move(error));
    }
    return send_one_by_one(items);
  }

  // The server's refusal of one message: which one is said first.
  void refused(Error error, const AppendBatch::Item& item) {
    error.step = item.source;
    keywords_.add(item.flags);
    failed(std::move(error));
  }

  // Asked for once.
  [[nodiscard]] bool wants_folder(const Error& error) const {
    return !proven_ && invocation_.options.has("create") &&
           client::may_be_missing(error);
  }

  // nullopt where there is a folder now; an Error where the messages were
  // refused for something else. Fails where the folder is to be missed.
  Result<std::optional<Error>> create(Error error) {
    const bool missing = error.kind == ErrorKind::no_such_item;
    auto made = client::create_missing(session_->client(), to_,
                                       std::move(error));
    proven_ = true;
    if (made) return std::optional<Error>();
    if (missing) return at_server(std::move(made).error());
    return std::optional(std::move(made).error());
  }

  // Has the folder another name here?
  bool find_name(const Error& refusal) {
    if (proven_) return false;
    const Words created(invocation_.options.has("create") ? 1 : 0, options_.folder);
    if (!session_->reconsiders(refusal, created)) return false;
    auto to = session_->folder(options_.folder);
    if (to) to_ = *std::move(to);
    return to.has_value();
  }

  std::optional<Error> send_together(const Items& items) {
    auto error = send_by_name(items);
    return error && find_name(*error) ? send_by_name(items) : error;
  }

  std::optional<Error> send_by_name(const Items& items) {
    std::vector<client::MessageToAppend> messages;
    for (const auto* item : items) messages.push_back(batch_.message(*item));
    auto& client = session_->client();
    unknown_ = items.size();
    auto ticket = client.begin_append(to_, messages);
    if (!ticket) return std::move(ticket).error();
    auto done = client.finish_append(*ticket, messages.size());
    if (!done) {
      if (!is_lost(done.error())) unknown_ = 0;
      return std::move(done).error();
    }
    unknown_ = 0;
    if (auto said = record(items, *done); !said) return said.error();
    return std::nullopt;
  }

  // The first one alone, until the folder is known to be there; the others in
  // one flight.
  Result<void> send_one_by_one(const Items& items) {
    std::size_t first = 0;
    if (!proven_) {
      auto error = send_together({items[0]});
      if (error && wants_folder(*error)) {
        auto left = create(*std::move(error));
        if (!left) return std::move(left).error();
        error = *left ? *std::move(left) : send_together({items[0]});
      }
      if (error && ends_run(*error)) return at_server(*std::move(error));
      if (error) refused(*std::move(error), *items[0]);
      first = 1;
    }
    std::vector<std::uint32_t> tickets;
    std::optional<Error> ended;
    auto& client = session_->client();
    for (std::size_t i = first; i < items.size() && !ended; ++i) {
      const auto message = batch_.message(*items[i]);
      auto ticket = client.begin_append(to_, {&message, 1});
      if (ticket) {
        tickets.push_back(*ticket);
      } else {
        ended = std::move(ticket).error();
      }
    }
    unknown_ = tickets.size() + (ended && is_lost(*ended) ? 1 : 0);
    for (std::size_t i = 0; i < tickets.size(); ++i) {
      const auto* item = items[first + i];
      auto done = client.finish_append(tickets[i], 1);
      if (done) {
        --unknown_;
        if (auto said = record({item}, *done); !said) return said;
        continue;
      }
      if (!is_lost(done.error())) --unknown_;
      if (ends_run(done.error())) {
        if (!ended) ended = std::move(done).error();
        continue;
      }
      refused(std::move(done).error(), *item);
    }
    if (ended) return at_server(*std::move(ended));
    return {};
  }

  Result<void> record(const Items& items,
                      const std::optional<client::AppendUid>& went) {
    proven_ = true;
    for (const auto* item : items) keywords_.add(item->flags);
    return report_.appended(items, to_, went);
  }

  const Invocation& invocation_;
  AppendOptions options_;
  AppendReport report_;
  std::shared_ptr<ImapSession> session_;
  imap::MailboxName to_;
  std::optional<std::uint64_t> limit_;
  bool multi_ = false;
  bool proven_ = false;  // the folder is there
  AppendBatch batch_;
  FromUnquoting unquoting_;
  bool quoted_ = false;
  std::vector<std::string> flags_;  // of the file that is read
  Result<void> state_;
  std::uint64_t unknown_ = 0;  // sent, and not answered
  KeywordsSent keywords_;
};

Result<void> append_files(std::vector<std::string> paths, Appender& appender) {
  // Who corrects a name and runs the command again must not have the others
  // twice.
  if (!are_all_there(paths, appender)) {
    warn("imap", "nothing was appended");
    return {};
  }
  MessageReader reader({}, appender);
  MessageFiles files(std::move(paths), false);
  while (true) {
    auto folder = files.next();
    if (!folder) {
      appender.failed(std::move(folder).error());
      continue;
    }
    if (*folder == nullptr) return {};
    for (std::size_t i = 0; i < (*folder)->size(); ++i) {
      const bool of_maildir = (*folder)->is_one_message(i);
      appender.set_flags(of_maildir ? maildir_flags((*folder)->name(i))
                                    : std::vector<std::string>());
      auto read = reader.read(**folder, i, appender);
      if (read) continue;
      auto error = std::move(read).error();
      const bool of_one_input = error.kind == ErrorKind::no_input ||
                                error.kind == ErrorKind::bad_input;
      if (!of_one_input) return error;
      appender.failed(std::move(error).at((*folder)->shown_name(i)));
    }
  }
}

}  // namespace

Result<ExitStatus> imap_append(const Invocation& invocation, const Words& words,
                               Output& out) {
  if (words.empty()) return Error{ErrorKind::usage, "append needs a FOLDER"};
  auto options = append_options(invocation, words);
  if (!options) return std::move(options).error();
  const bool reads_stdin = words.size() == 1;
  if (reads_stdin && invocation.stdin_is_terminal && !invocation.quiet()) {
    warn("imap", "reading the message from the terminal; end it with Ctrl-D");
  }
  Appender appender(invocation, *std::move(options), out);
  auto read = append_files(Words(words.begin() + 1, words.end()), appender);
  if (!read) return appender.stop(std::move(read).error());
  return appender.finish();
}

}  // namespace mailtool::app
