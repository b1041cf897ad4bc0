// mailtool imap attachments: what is attached to messages, told or saved; only
// what is wanted is downloaded.

#include <fnmatch.h>

#include <chrono>
#include <deque>
#include <map>
#include <utility>

#include "app/attachment_name.h"
#include "app/download_folder.h"
#include "app/imap_attachment_saver.h"
#include "app/imap_attachments_local.h"
#include "app/imap_part.h"
#include "app/imap_uid_chunks.h"
#include "app/imap_untold.h"
#include "app/imap_verbs.h"
#include "app/imap_what.h"
#include "app/json.h"
#include "app/safe_name.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_batches.h"

namespace mailtool::app {
namespace {

// What is found in one flight, before it is saved, or looked at here.
constexpr std::size_t kMostFound = 2000;
constexpr std::size_t kMostAsked = 5000;  // messages, where something is saved
constexpr std::size_t kMostDoubtful = 100;
constexpr std::size_t kOctetsHeld = 8 * 1024 * 1024;

struct Wanted {
  std::vector<std::string> globs;  // of names; none: all
  std::vector<std::string> types;  // "image/*"
  bool covers(const PartRow& row) const {
    const auto any = [](const auto& patterns, const std::string& text) {
      if (patterns.empty()) return true;
      for (const auto& pattern : patterns) {
        if (::fnmatch(pattern.c_str(), text.c_str(), FNM_CASEFOLD) == 0) {
          return true;
        }
      }
      return false;
    };
    return any(types, row.type) && any(globs, attachment_name(row));
  }
};

// What was odd about the structure may hide a part.
bool is_doubtful(const imap::FetchData& message) {
  if (!message.body_structure) return true;
  for (const auto& warning : message.warnings) {
    if (warning.starts_with("BODYSTRUCTURE") &&
        warning != "BODYSTRUCTURE: size of a part missing") {
      return true;
    }
  }
  return false;
}

class Attachments {
 public:
  Attachments(const Invocation& invocation, ImapSession& session, Output& out)
      : invocation_(invocation),
        session_(session),
        report_(invocation, out),
        wanted_{invocation.options.all("glob"),
                invocation.options.all("type")},
        progress_(imap_progress_descriptor(invocation),
                  static_cast<std::size_t>(invocation.terminal_columns),
                  std::chrono::seconds(1), "attachment") {}

  /// Those of one folder. Errors name the server.
  Result<void> run(const FoundMessages& in) {
    UidChunks uids(in.uids);
    while (!uids.empty()) {
      if (auto done = run_some(in, uids); !done) {
        return session_.at_server(std::move(done).error());
      }
    }
    auto lacking = std::exchange(untold_, {}).check(session_);
    if (!lacking) return session_.at_server(std::move(lacking).error());
    if (*lacking) {
      report_error("imap", session_.at_server(**lacking));
      status = combine(status, exit_status((*lacking)->kind));
    }
    return {};
  }
  Result<void> open_folder(const std::string& path) {
    if (invocation_.dry_run()) return {};
    auto opened = DownloadFolder::open(path);
    if (!opened) return std::move(opened).error();
    folder_.emplace(*std::move(opened));
    return {};
  }
  ExitStatus status = ExitStatus::ok;
  [[nodiscard]] std::uint64_t count() const { return report_.count(); }

 private:
  // One flight, as many as there are until something is to be fetched of them.
  Result<void> run_some(const FoundMessages& in, UidChunks& uids) {
    std::vector<FoundAttachment> found;
    std::vector<std::uint32_t> doubtful;
    std::size_t held = 0;
    std::size_t asked = 0;
    std::deque<imap::SequenceSet> in_flight;
    client::FetchItems items;
    items.flags = false;
    items.body_structure = true;
    client::FetchBatches batches;
    batches.messages = in.uids.count();
    batches.next = [&]() -> imap::SequenceSet {
      const bool full = found.size() >= kMostFound ||
                        (folder_ && held >= kOctetsHeld) ||
                        (folder_ && !found.empty() && asked >= kMostAsked) ||
                        doubtful.size() >= kMostDoubtful;
      if (full || uids.empty()) return {};
      asked += client::kBatch;
      return in_flight.emplace_back(uids.next(client::kBatch));
    };
    batches.take = [&](std::vector<imap::FetchData>& messages) -> Result<void> {
      std::vector<imap::Range> told;
      for (const auto& message : messages) {
        const auto uid = message.uid.value_or(0);
        if (uid > 0) told.push_back({uid, uid});
        if (is_doubtful(message)) {
          doubtful.push_back(uid);
        } else {
          add(found, message);
          held += message.octets;
        }
      }
      untold_.add(in_flight.front(), std::move(told));
      in_flight.pop_front();
      return folder_ ? Result<void>() : tell(in, std::exchange(found, {}));
    };
    auto asked_all = client::fetch_batches(session_.client(), items, batches);
    // What is known is saved before a refusal ends it.
    if (!asked_all && !session_.client().settled()) return asked_all;
    if (folder_) {
      if (auto done = save(in, std::move(found)); !done) return done;
    }
    for (const auto uid : doubtful) {
      if (auto done = take_apart(in, uid); !done) return done;
    }
    return asked_all;
  }

  void add(std::vector<FoundAttachment>& found, const imap::FetchData& message) const {
    const auto& parts = message.body_structure->parts;
    const auto rows = rows_of(*message.body_structure);
    for (const auto index : attachment_rows(rows)) {
      if (!wanted_.covers(rows[index])) continue;
      found.push_back({message.uid.value_or(0), parts[index], rows[index]});
    }
  }

  Result<void> tell(const FoundMessages& in, const std::vector<FoundAttachment>& found) {
    const auto folder = invocation_.options.get("save");
    for (const auto& one : found) {
      const auto path =
          folder ? *folder + "/" + name_to_be(one.row) : std::string();
      auto told = report_.tell(in, one.uid, one.row, one.part.octets, path);
      if (!told) return told;
    }
    return {};
  }

  // With --dry-run: of several with one name each would get its own. What is in
  // the folder is not looked at, since a file with the same content would stay.
  std::string name_to_be(const PartRow& row) {
    constexpr std::size_t kMostNames = 100'000;
    if (names_.size() >= kMostNames) names_.clear();
    const auto wanted = attachment_name(row);
    const auto number = ++names_[wanted];
    return number == 1 ? wanted : numbered_name(wanted, number);
  }

  Result<void> save(const FoundMessages& in, std::vector<FoundAttachment> found) {
    auto offered = session_.client().offers("BINARY");
    if (!offered) return std::move(offered).error();
    AttachmentSaver saver(in, std::move(found), *offered, *folder_, report_, progress_);
    auto done = session_.client().fetch_bodies(saver);
    progress_.aside([] {});
    status = combine(status, saver.status);
    return done;
  }

  // The server's account of a message cannot be trusted: it is fetched whole
  // and looked at here.
  Result<void> take_apart(const FoundMessages& in, std::uint32_t uid) {
    if (!invocation_.quiet()) {
      warn("imap", "UID " + std::to_string(uid) +
                       ": the server's BODYSTRUCTURE cannot be read; the "
                       "message is fetched whole");
    }
    DownloadedMessage message;
    auto got = session_.client().fetch_body(uid, {}, message.sink());
    if (!got && got.error().kind == ErrorKind::no_such_item) {
      report_error("imap", got.error());
      status = combine(status, ExitStatus::no_input);
      return {};
    }
    if (!got) return std::move(got).error();
    return message.read(
        [&](const ParsedMessage& parsed, const std::vector<PartRow>& rows) {
          return take_rows(in, uid, parsed, rows);
        });
  }

  Result<void> take_rows(const FoundMessages& in, std::uint32_t uid,
                         const ParsedMessage& parsed,
                         const std::vector<PartRow>& rows) {
    const auto folder = invocation_.options.get("save");
    for (const auto index : attachment_rows(rows)) {
      const auto& row = rows[index];
      if (!wanted_.covers(row)) continue;
      auto octets = row.decoded_octets;
      auto path = folder && !folder_ ? *folder + "/" + name_to_be(row)
                                     : std::string();
      if (folder_) {
        auto file = folder_->create();
        if (!file) return std::move(file).error();
        if (auto made = copy_decoded(parsed, row, *file); !made) return made;
        octets = file->octets();
        auto name =
            folder_->keep_as_new(*std::move(file), attachment_name(row));
        if (!name) return std::move(name).error();
        path = folder_->path_of(*name);
      }
      if (auto told = report_.tell(in, uid, row, octets, path); !told) {
        return told;
      }
    }
    return {};
  }

  const Invocation& invocation_;
  ImapSession& session_;
  AttachmentReport report_;
  Wanted wanted_;
  FetchProgress progress_;
  std::optional<DownloadFolder> folder_;
  std::map<std::string, std::uint64_t> names_;  // how often given out
  UntoldMessages untold_;
};

}  // namespace

Result<ExitStatus> imap_attachments(const Invocation& invocation,
                                    const Words& words, Output& out) {
  if (words.size() != 1) {
    return Error{ErrorKind::usage, "attachments takes one WHAT"};
  }
  auto what = parse_what(invocation, words[0]);
  if (!what) return std::move(what).error();
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  auto folders = targets(**session, *what);
  if (!folders) return std::move(folders).error();
  Attachments attachments(invocation, **session, out);
  if (const auto path = invocation.options.get("save")) {
    if (auto opened = attachments.open_folder(*path); !opened) {
      return std::move(opened).error();
    }
  }
  for (const auto& target : *folders) {
    auto found = find(**session, *what, target, true);
    if (!found) return std::move(found).error();
    if (auto done = attachments.run(*found); !done) return done.error();
  }
  if (invocation.json()) {
    JsonWriter json(out);
    json.begin_object().field("type", "summary");
    json.field("exit", static_cast<int>(attachments.status));
    json.field("attachments", attachments.count());
    if (auto wrote = json.end_object().end_line(); !wrote) return wrote.error();
  }
  return attachments.status;
}

}  // namespace mailtool::app
