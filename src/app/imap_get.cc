// mailtool imap get: messages, or parts of them, streamed.

#include <utility>

#include "app/download_folder.h"
#include "app/imap_folder_name.h"
#include "app/imap_get_files.h"
#include "app/imap_get_part.h"
#include "app/imap_progress.h"
#include "app/imap_uid_chunks.h"
#include "app/imap_verbs.h"
#include "app/imap_what.h"
#include "app/json.h"
#include "app/lf_sink.h"
#include "app/terminal_sink.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_permanent_flags.h"

namespace mailtool::app {
namespace {

struct Piece {
  client::BodyQuestion question;
  std::optional<PartWanted> part;  ///< instead of a section
  std::string suffix = ".eml";     ///< of file names
};

// number = 1*DIGIT *("." 1*DIGIT): a part as BODY[2.1] names it.
bool is_part_id(std::string_view text) {
  for (const auto number : split(text, '.')) {
    const auto value = parse_number(number, 100'000);
    if (!value || *value == 0) return false;
  }
  return text.size() <= 200;
}

Result<void> choose_bytes(const std::string& text, Piece& piece) {
  const auto colon = text.find(':');
  const auto offset = parse_number(text.substr(0, colon), UINT32_MAX);
  const auto length = colon == text.npos
                          ? std::nullopt
                          : parse_number(text.substr(colon + 1), UINT32_MAX);
  if (!offset || !length || *length == 0) {
    return Error{ErrorKind::usage, "not OFFSET:LENGTH",
                 "--bytes " + printable(text, 60)};
  }
  piece.question.offset = *offset;
  piece.question.length = *length;
  piece.suffix +=
      ".bytes-" + std::to_string(*offset) + "-" + std::to_string(*length);
  return {};
}

Result<Piece> chosen_piece(const Invocation& invocation) {
  const auto& options = invocation.options;
  Piece piece;
  piece.question.mark_seen = options.has("mark-seen");
  const bool undecoded = options.has("raw");
  const auto bytes = options.get("bytes");
  if (options.has("headers")) {
    piece.question.section = "HEADER";
    piece.suffix = ".headers";
  } else if (options.has("text")) {
    piece.part = PartWanted{"", PartForm::readable};
    piece.suffix = ".txt";
  } else if (const auto part = options.get("part")) {
    if (!is_part_id(*part)) {
      return Error{ErrorKind::usage, "not a part, as 2.1",
                   "--part " + printable(*part, 60)};
    }
    // A slice of encoded octets decodes to nothing sensible.
    piece.part = PartWanted{*part, bytes       ? PartForm::slice
                                   : undecoded ? PartForm::encoded
                                               : PartForm::decoded};
    piece.suffix = ".part-" + *part + (undecoded ? ".raw" : "");
  }
  if (undecoded && !options.has("part")) {
    return Error{ErrorKind::usage, "--raw goes with --part"};
  }
  if (!bytes) return piece;
  if (options.has("text")) {
    return Error{ErrorKind::usage, "--bytes does not go with --text"};
  }
  if (auto chosen = choose_bytes(*bytes, piece); !chosen) {
    return std::move(chosen).error();
  }
  return piece;
}

class Getter {
 public:
  Getter(ImapSession& session, Piece piece, FetchProgress& progress)
      : session_(session), piece_(std::move(piece)), progress_(progress) {}

  [[nodiscard]] const Piece& piece() const { return piece_; }

  [[nodiscard]] FetchProgress& progress() { return progress_; }

  Result<void> write(std::uint32_t uid, Sink& out) {
    auto& client = session_.client();
    ProgressSink to(out, progress_);
    if (piece_.part) {
      return get_part(client, uid, *piece_.part, piece_.question, to);
    }
    // Slices, put together, are the message.
    if (piece_.question.offset) {
      auto got = client.fetch_body(uid, piece_.question, to);
      if (!got) return std::move(got).error();
      return {};
    }
    LfSink lines(to);
    auto got = client.fetch_body(uid, piece_.question, lines);
    if (!got) return std::move(got).error();
    return lines.finish();
  }

  // Part by part: what a part is must be known before it is asked for.
  Result<ExitStatus> write_parts(const FoundMessages& found,
                                 DownloadFolder& folder,
                                 const MessageSaved& saved) {
    auto status = ExitStatus::ok;
    UidChunks uids(found.uids);
    while (!uids.empty()) {
      const auto uid = uids.next(1).ranges().front().first;
      auto file = folder.create();
      if (!file) return std::move(file).error();
      auto got = write(uid, *file);
      if (got) {
        const auto name =
            message_file_name(found.folder.utf8, uid, piece_.suffix);
        auto kept = folder.keep_if_new(*std::move(file), name);
        if (!kept) return std::move(kept).error();
        if (*kept) {
          progress_.message_came();
          if (auto told = saved(uid, name); !told) return told.error();
          continue;
        }
        tell(other_file_at(folder.path_of(name)));
        status = combine(status, ExitStatus::cant_create);
        continue;
      }
      // One message that has gone does not stop the others.
      if (got.error().kind != ErrorKind::no_such_item) return got.error();
      tell(std::move(got).error().at("UID " + std::to_string(uid)));
      status = combine(status, ExitStatus::no_input);
    }
    return status;
  }

 private:
  void tell(const Error& error) {
    progress_.aside([&] { report_error("imap", error); });
  }

  ImapSession& session_;
  Piece piece_;
  FetchProgress& progress_;
};

bool is_one_uid(const What& what) {
  return what.uids && what.uids->count() == 1 && !what.uids->open_ended() &&
         what.folders.size() == 1;
}

// One message by its UID: SELECT and FETCH in one flight.
Result<void> get_one(ImapSession& session, const What& what, Getter& getter,
                     Sink& out) {
  auto folder = session.folder(what.folders.front());
  if (!folder) return std::move(folder).error();
  auto& client = session.client();
  const bool read_only = !getter.piece().question.mark_seen;
  if (auto begun = client.begin_select(*folder, read_only); !begun) {
    return begun;
  }
  auto got = getter.write(what.uids->ranges().front().first, out);
  // A failed SELECT is why the rest was refused; where the session is lost,
  // there is nothing more to ask.
  const bool answered = got || !got.error().server_said.empty() ||
                        got.error().kind == ErrorKind::no_such_item;
  if (!answered || (!got && got.error().kind == ErrorKind::disconnected)) {
    return got;
  }
  auto opened = client.finish_select();
  if (!opened) return std::move(opened).error();
  return got;
}

// A folder may not keep \Seen; the messages are told of all the same.
void warn_of_unseen(const Invocation& invocation, ImapSession& session) {
  const auto& folder = session.client().selected();
  const bool asked =
      invocation.options.has("mark-seen") && !invocation.dry_run();
  if (!asked || invocation.quiet() || !folder || folder->read_only) return;
  if (client::not_kept(*folder, {"\\Seen"}).empty()) return;
  warn("imap", "the server does not keep \\Seen in " +
                   printable(folder->name.utf8, 200));
}

class GetAll {
 public:
  /// What is got goes to `text`, unless it goes to files.
  GetAll(const Invocation& invocation, ImapSession& session, Getter& getter,
         Output& out, Sink& text)
      : invocation_(invocation),
        session_(session),
        getter_(getter),
        out_(out),
        text_(text) {}

  Result<ExitStatus> run(const What& what) {
    auto folders = targets(session_, what);
    if (!folders) return std::move(folders).error();
    auto status = ExitStatus::ok;
    if (!invocation_.options.has("output") && folders->size() > 1) {
      auto one = only_one(what, *folders);
      if (!one) return std::move(one).error();
    }
    for (const auto& target : *folders) {
      auto found =
          find(session_, what, target, !getter_.piece().question.mark_seen);
      if (!found) return std::move(found).error();
      auto got = run_folder(*found);
      if (!got) return session_.at_server(std::move(got).error());
      if (found->count > 0) {
        getter_.progress().aside(
            [&] { warn_of_unseen(invocation_, session_); });
      }
      status = combine(status, *got);
    }
    if (count_ == 0 && !what.from_pipe) {
      return Error{ErrorKind::no_such_item, "no message matches"};
    }
    return status;
  }

 private:
  static Error several(std::uint64_t count) {
    return Error{ErrorKind::usage, std::to_string(count) + " messages match",
                 "", "", "several go to files: --output DIR"};
  }

  // Before the first is printed.
  Result<void> only_one(const What& what, const std::vector<Target>& folders) {
    std::uint64_t count = 0;
    for (const auto& target : folders) {
      auto found = find(session_, what, target, true, true);
      if (!found) return std::move(found).error();
      count += found->count;
    }
    if (count > 1) return several(count);
    return {};
  }

  Result<ExitStatus> run_folder(const FoundMessages& found) {
    count_ += found.count;
    const auto path = invocation_.options.get("output");
    if (!path && count_ > 1) return several(count_);
    if (found.count == 0) return ExitStatus::ok;
    if (!invocation_.dry_run()) {
      getter_.progress().expect(static_cast<std::int64_t>(found.count), 0);
    }
    if (!path) {
      auto got = getter_.write(found.uids.ranges().front().first, text_);
      if (!got) return std::move(got).error();
      return ExitStatus::ok;
    }
    if (invocation_.dry_run()) return say_what_would_be_done(found, *path);
    if (!folder_) {
      auto opened = DownloadFolder::open(*path);
      if (!opened) return std::move(opened).error();
      folder_.emplace(*std::move(opened));
    }
    const auto saved = [&](std::uint32_t uid, const std::string& name) {
      return tell(found, uid, folder_->path_of(name), folder_->size_of(name));
    };
    const auto& piece = getter_.piece();
    if (piece.part || piece.question.offset) {
      return getter_.write_parts(found, *folder_, saved);
    }
    return get_into_files(session_, found, piece.question, piece.suffix,
                          *folder_, saved, getter_.progress());
  }

  Result<void> tell(const FoundMessages& found, std::uint32_t uid,
                    const std::string& path,
                    std::optional<std::uint64_t> size) {
    if (!invocation_.json()) return {};
    JsonWriter json(out_);
    json.begin_object().field("type", "message");
    json.field("folder", typed_name(found.folder.utf8));
    json.field("uidvalidity", found.uidvalidity).field("uid", uid);
    json.field("path", path).field("size", size);
    return json.end_object().end_line();
  }

  Result<ExitStatus> say_what_would_be_done(const FoundMessages& found,
                                            const std::string& path) {
    UidChunks uids(found.uids);
    while (!uids.empty()) {
      const auto uid = uids.next(1).ranges().front().first;
      const auto file =
          path + "/" +
          message_file_name(found.folder.utf8, uid, getter_.piece().suffix);
      auto told = invocation_.json()
                      ? tell(found, uid, file, std::nullopt)
                      : out_.write("would write " +
                                   printable(file, file.size()) + "\n");
      if (!told) return std::move(told).error();
    }
    return ExitStatus::ok;
  }

  const Invocation& invocation_;
  ImapSession& session_;
  Getter& getter_;
  Output& out_;
  Sink& text_;
  std::optional<DownloadFolder> folder_;
  std::uint64_t count_ = 0;
};

}  // namespace

Result<ExitStatus> imap_get(const Invocation& invocation, const Words& words,
                            Output& out) {
  if (words.size() != 1) return Error{ErrorKind::usage, "get takes one WHAT"};
  const bool to_files = invocation.options.has("output");
  if (invocation.json() && !to_files) {
    return Error{ErrorKind::usage, "a message is no JSON", "--json", "",
                 "with --output DIR the files are told of"};
  }
  auto piece = chosen_piece(invocation);
  if (!piece) return std::move(piece).error();
  auto what = parse_what(invocation, words[0]);
  if (!what) return std::move(what).error();
  if (!to_files && what->uids && what->folders.size() > 1) {
    return Error{ErrorKind::usage, "a UID is of one folder, not of several",
                 "get " + printable(words[0], 60), "",
                 "several messages go to files: --output DIR"};
  }
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  // Not beside what stands on the same terminal.
  const bool seen = !invocation.stdout_is_terminal || to_files;
  FetchProgress progress(seen ? imap_progress_descriptor(invocation) : -1,
                         static_cast<std::size_t>(invocation.terminal_columns));
  Getter getter(**session, *std::move(piece), progress);
  // Whoever sent the message must not act on the terminal.
  std::optional<TerminalSink> terminal;
  if (invocation.stdout_is_terminal) terminal.emplace(out);
  Sink& text = terminal ? static_cast<Sink&>(*terminal) : out;
  auto status = Result<ExitStatus>(ExitStatus::ok);
  if (!is_one_uid(*what) || to_files) {
    status = GetAll(invocation, **session, getter, out, text).run(*what);
  } else {
    progress.expect(1, 0);
    auto got = get_one(**session, *what, getter, text);
    // What the server has not refused is no message in a folder that it has.
    if (!got && !got.error().server_said.empty() &&
        (*session)->reconsiders(got.error())) {
      got = get_one(**session, *what, getter, text);
    }
    if (!got) {
      status = (*session)->at_server(std::move(got).error());
    } else {
      progress.aside([&] { warn_of_unseen(invocation, **session); });
    }
  }
  auto wrote = terminal ? terminal->finish() : Result<void>();
  if (!status) return status;
  if (wrote) wrote = write_summary(invocation, out, *status);
  if (!wrote) return std::move(wrote).error();
  return status;
}

}  // namespace mailtool::app
