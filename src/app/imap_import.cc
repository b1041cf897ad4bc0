// mailtool imap import: Maildirs into a folder, each message once.

#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "app/destination_name.h"
#include "app/fetch_progress.h"
#include "app/file_source.h"
#include "app/imap_folder_name.h"
#include "app/imap_import_doubt.h"
#include "app/imap_import_files.h"
#include "app/imap_import_journal.h"
#include "app/imap_import_sender.h"
#include "app/imap_keywords_sent.h"
#include "app/imap_progress.h"
#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "app/user_folders.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {
constexpr std::size_t kShownName = 200;

Result<std::vector<std::string>> maildirs(const Words& words) {
  std::vector<std::string> paths;
  for (const auto& word : words) {
    auto name = DestinationName::parse(expand_home_behind_word(word));
    if (!name || name->kind != DestinationKind::maildir) {
      return Error{ErrorKind::usage, "import takes maildir:DIR",
                   printable(word, kShownName)};
    }
    paths.push_back(std::move(name->path));
  }
  return paths;
}

class Importer {
 public:
  Importer(const Invocation& invocation, std::vector<std::string> paths,
           Output& out)
      : invocation_(invocation),
        paths_(std::move(paths)),
        out_(out),
        json_(out),
        progress_(imap_progress_descriptor(invocation),
                  static_cast<std::size_t>(invocation.terminal_columns)) {}

  Result<ExitStatus> run() {
    if (auto listed = list(); !listed) return std::move(listed).error();
    auto session = ImapSession::start(invocation_);
    if (!session) return std::move(session).error();
    session_ = *std::move(session);
    if (auto opened = open(); !opened) return std::move(opened).error();
    auto done = import_all();
    progress_.aside([] {});
    sent_.warn_of_lost(session_->client(), to_);
    if (!done) {
      auto error = std::move(done).error();
      if (imported_ > 0) {
        error = std::move(error).with_hint(
            std::to_string(imported_) +
            " were imported before; the next run brings the others");
      }
      return error;
    }
    return finish();
  }

 private:
  Result<void> list() {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      keywords_.push_back(read_maildir_keywords(paths_[i]));
      if (auto read = list_maildir(paths_[i], i, files_); !read) return read;
    }
    // As they arrived.
    std::sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.modified, a.path) < std::tie(b.modified, b.path);
    });
    std::uint64_t octets = 0;
    for (const auto& file : files_) octets += file.octets;
    progress_.expect(static_cast<std::int64_t>(files_.size()),
                     static_cast<std::int64_t>(octets));
    return {};
  }

  Error at_server(Error error) { return session_->at_server(std::move(error)); }
  Result<void> open() {
    auto& client = session_->client();
    if (auto said = client.accept_utf8(); !said) return at_server(said.error());
    const auto name = *invocation_.options.get("to");
    auto to = session_->folder(name);
    if (!to) return at_server(std::move(to).error());
    to_ = *std::move(to);
    // Only a SELECT tells which keywords are kept; EXAMINE leaves \Recent.
    const bool examine =
        invocation_.dry_run() || !have_keywords(files_, keywords_);
    auto there = client.select(to_, examine);
    const bool creates = invocation_.options.has("create");
    const Words created(creates ? 1 : 0, name);
    if (!there && session_->reconsiders(there.error(), created)) return open();
    if (!there && there.error().kind == ErrorKind::no_such_item) {
      if (!creates) {
        return at_server(std::move(there).error())
            .with_hint("--create creates the folder");
      }
      if (invocation_.dry_run()) return {};
      auto made = client.create(to_);
      if (!made) return at_server(std::move(made).error());
      there = client.select(to_, examine);
    }
    if (!there) return at_server(std::move(there).error());
    auto multi = client.offers("MULTIAPPEND");
    auto limit = client.append_limit();
    if (!multi) return at_server(std::move(multi).error());
    if (!limit) return at_server(std::move(limit).error());
    limit_ = *limit;
    auto journal = ImportJournal::open(invocation_, to_,
                                       there->uidvalidity.value_or(0));
    if (!journal) return std::move(journal).error();
    journal_ = *std::move(journal);
    sender_.emplace(client, to_, *multi, *journal_.journal);
    return {};
  }

  // What an earlier run may have brought comes last: it is to be looked for.
  Result<void> import_all() {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (auto done = import_file(i, nullptr); !done) return done;
    }
    if (auto sent = flush(); !sent) return sent;
    if (!sender_ || invocation_.dry_run()) return {};
    auto absent = doubt_.settle(session_->client(), *sender_,
                                journal_.recent);
    if (!absent) return at_server(std::move(absent).error());
    const auto found = doubtful_ - absent->size();
    known_ += found;
    for (std::uint64_t i = 0; i < found; ++i) progress_.message_came();
    if (auto safe = journal_.journal->commit(); !safe) return safe;
    for (const auto& message : *absent) {
      auto done = import_file(message.file, &message);
      if (!done) return done;
    }
    return flush();
  }

  Result<void> import_file(std::size_t number,
                           const ImportDoubt::Message* absent) {
    auto taken = take(number, absent);
    if (!taken) {
      auto error = std::move(taken).error();
      const bool of_file = error.kind == ErrorKind::no_input ||
                           error.kind == ErrorKind::bad_input;
      if (!of_file) return error;
      const auto& path = files_[number].path;
      failed(std::move(error).at(printable(path, kShownName)));
    }
    return batch_.full() ? flush() : Result<void>();
  }

  // Into the batch, unless it is known. `absent`: what it was when it was looked
  // for and not found.
  Result<void> take(std::size_t number, const ImportDoubt::Message* absent) {
    const auto& file = files_[number];
    auto source = FileSource::open(file.path);
    if (!source) return std::move(source).error();
    WireDigest digest;
    CrlfSink as_sent(digest);
    batch_.begin(file.path);
    std::array<char, 64 * 1024> part;
    while (true) {
      const auto count = source->read_some(part);
      if (!count) return count.error();
      if (*count == 0) break;
      const std::string_view octets(part.data(), *count);
      if (auto kept = as_sent.write(octets); !kept) return kept;
      if (auto kept = batch_.write(octets); !kept) return kept;
    }
    auto flags = flags_of(file, keywords_);
    const auto name = digest.finish();
    if (auto kept = batch_.end(std::move(flags), file.modified); !kept) {
      return kept;
    }
    const auto octets = batch_.items().back().octets;
    if (limit_ && octets > *limit_) {
      batch_.drop_last();
      return Error{ErrorKind::bad_input,
                   std::to_string(octets) +
                       " octets are more than the server takes: " +
                       std::to_string(*limit_)};
    }
    if (absent != nullptr && absent->digest != name) {
      batch_.drop_last();
      return Error{ErrorKind::bad_input,
                   "changed while it was looked for; the next run takes it"};
    }
    const auto fate = absent == nullptr ? fate_of(name, octets)
                                        : ImportSender::Fate::unknown;
    if (fate == ImportSender::Fate::unknown) {
      digests_.push_back(name);
      return {};
    }
    batch_.drop_last();
    if (fate == ImportSender::Fate::doubtful) {
      doubt_.add({number, name, octets});
      ++doubtful_;
      return {};
    }
    ++known_;
    progress_.received(file.octets);
    progress_.message_came();
    return {};
  }

  ImportSender::Fate fate_of(const std::string& digest, std::uint64_t octets) {
    using Fate = ImportSender::Fate;
    if (!seen_.insert(digest).second) return Fate::imported;
    if (!sender_) return Fate::unknown;
    const auto fate = sender_->fate(digest, octets);
    const bool sent = invocation_.dry_run() && fate == Fate::doubtful;
    return sent ? Fate::unknown : fate;
  }

  Result<void> flush() {
    if (invocation_.dry_run()) {
      imported_ += digests_.size();
    } else if (sender_) {
      auto sent = sender_->send(batch_, digests_,
                                [&](const ImportSender::Outcome& outcome) {
                                  return told(outcome);
                                });
      if (!sent) {
        auto error = std::move(sent).error();
        return error.kind == ErrorKind::local_io ? error
                                                 : at_server(std::move(error));
      }
    }
    digests_.clear();
    return batch_.clear();
  }

  void failed(Error error) {
    progress_.aside([&] { report_error("imap", error); });
    status_ = combine(status_, exit_status(error.kind));
    ++failed_;
  }

  Result<void> told(const ImportSender::Outcome& outcome) {
    const auto& item = *outcome.item;
    progress_.received(item.octets);
    progress_.message_came();
    sent_.add(item.flags);
    if (outcome.refused) {
      auto error = *outcome.refused;
      error.step = printable(item.source, kShownName);
      failed(std::move(error));
      return {};
    }
    ++imported_;
    octets_ += item.octets;
    if (!invocation_.json()) return {};
    json_.begin_object().field("type", "message");
    json_.field("source", item.source).field("size", item.octets);
    json_.field("folder", typed_name(to_.utf8)).key("uidvalidity");
    if (outcome.went) {
      json_.value(outcome.went->uidvalidity).key("uid");
      json_.value(outcome.went->uids.ranges().front().first);
    } else {
      json_.null().key("uid").null();
    }
    return json_.end_object().end_line();
  }

  Result<ExitStatus> finish() {
    const std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - begin_;
    const auto count = std::to_string(imported_) +
                       (imported_ == 1 ? " message" : " messages");
    const auto to = " to " + printable(to_.utf8, kShownName);
    if (invocation_.json()) {
      json_.begin_object().field("type", "summary");
      json_.field("exit", static_cast<int>(status_));
      if (invocation_.dry_run()) json_.field("to_import", imported_);
      json_.field("imported", invocation_.dry_run() ? 0 : imported_);
      json_.field("known", known_).field("failed", failed_);
      json_.field("folder", typed_name(to_.utf8)).field("octets", octets_);
      json_.field("seconds", seconds.count());
      if (auto wrote = json_.end_object().end_line(); !wrote) {
        return wrote.error();
      }
    } else if (invocation_.dry_run()) {
      auto wrote = out_.write("would import " + count + to + "\n");
      if (!wrote) return wrote.error();
    } else if (invocation_.stderr_is_terminal && !invocation_.quiet()) {
      warn("imap", "imported " + count + to +
                       (known_ > 0 ? ", " + std::to_string(known_) +
                                         " were there before"
                                   : ""));
    }
    return status_;
  }

  const Invocation& invocation_;
  std::vector<std::string> paths_;
  Output& out_;
  JsonWriter json_;
  FetchProgress progress_;
  std::vector<MaildirKeywords> keywords_;
  std::vector<MaildirFile> files_;
  std::shared_ptr<ImapSession> session_;
  imap::MailboxName to_;
  std::optional<std::uint64_t> limit_;
  ImportJournal journal_;
  std::optional<ImportSender> sender_;
  ImportDoubt doubt_;
  std::uint64_t doubtful_ = 0;  // so many were in doubt
  AppendBatch batch_;
  KeywordsSent sent_;
  std::vector<std::string> digests_;      // of its messages
  std::unordered_set<std::string> seen_;  // digests of this run
  ExitStatus status_ = ExitStatus::ok;
  std::uint64_t imported_ = 0;
  std::uint64_t known_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t octets_ = 0;
  std::chrono::steady_clock::time_point begin_ =
      std::chrono::steady_clock::now();
};

}  // namespace

Result<ExitStatus> imap_import(const Invocation& invocation, const Words& words,
                               Output& out) {
  if (words.empty()) {
    return Error{ErrorKind::usage, "import needs a maildir:DIR"};
  }
  if (!invocation.options.get("to")) {
    return Error{ErrorKind::usage, "no --to", "", "",
                 "--to FOLDER says where the messages go"};
  }
  auto paths = maildirs(words);
  if (!paths) return std::move(paths).error();
  return Importer(invocation, *std::move(paths), out).run();
}

}  // namespace mailtool::app
